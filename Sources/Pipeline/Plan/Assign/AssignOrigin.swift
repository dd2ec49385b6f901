import Records
import Stages

/// Where a rule takes devices from.
package enum AssignOrigin: SettingValue, Hashable, CustomStringConvertible {
    /// On no service.
    case none
    /// On the default of its product family, and added a few days ago.
    case `default`
    /// On the service with this name or ID.
    case service(String)

    package static var typeName: String { "none, default, or name of a service" }

    package init(from node: ConfigNode) throws(Diagnostic) {
        switch try String(from: node) {
        case "": throw Diagnostic("expected none, default, or the name of a service", at: node.location)
        case "none": self = .none
        case "default": self = .default
        case let name: self = .service(name)
        }
    }

    package var description: String {
        switch self {
        case .none: "none"
        case .default: "default"
        case .service(let name): name
        }
    }
}

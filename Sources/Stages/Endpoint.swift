import Records

/// A request that a stage sends to Apple, in its smallest form. One of it shows whether the API account may send it.
package struct Endpoint: Sendable {
    /// As in Apple's documentation. `{serial}` stands for a device, and `{server}` for a service.
    package let path: String
    package let query: [(name: String, value: String)]
    /// Apple's name for the permission that it needs; nil if Apple's table has none.
    package let permission: String?
    /// Whether the stage does its work without it, in another way.
    package let isDispensable: Bool

    /// Whether it answers with a list.
    package var isList: Bool { query.contains { $0.name == Self.one[0].name } }

    package static let serial = "{serial}"
    package static let server = "{server}"

    package init(
        _ path: String,
        query: [(name: String, value: String)] = [],
        permission: String? = nil,
        isDispensable: Bool = false
    ) {
        self.path = path
        self.query = query
        self.permission = permission
        self.isDispensable = isDispensable
    }

    /// The path of one device or service.
    package func path(of id: String) -> String {
        path.replacing(Self.serial, with: PercentEncoding.encode(id))
            .replacing(Self.server, with: PercentEncoding.encode(id))
    }

    /// The permission to read devices and services (AppleClient/README.md section 2.1).
    package static let readingDevices =
        "View device management services, manage default platform assignment, and add devices with Apple Configurator"

    /// One page with one element.
    package static let one = [(name: "limit", value: "1")]
    package static let devices = Endpoint("/v1/orgDevices", query: one, permission: readingDevices)
    package static let device = Endpoint("/v1/orgDevices/{serial}", permission: readingDevices)
    package static let servers = Endpoint("/v1/mdmServers", query: one, permission: readingDevices)
}

import Inventory
import Pipeline
import Records

/// The services of an organization, by the names that rules use.
struct Services: Sendable {
    let all: [Service]

    init(_ all: [Service]) { self.all = all }

    func service(_ id: String) -> Service? { all.first { $0.id == id } }

    /// How people know a service: its name, or its ID if Apple lists none by that ID.
    func name(of id: String?) -> String {
        guard let id else { return "no service" }
        return service(id)?.name ?? id
    }

    /// The service with this name or ID.
    ///
    /// - Throws: if there is none, or if several have the name.
    func find(_ text: String) throws(Problem) -> Service {
        if let service = service(text) { return service }
        var named = all.filter { $0.name == text }
        if named.isEmpty { named = all.filter { $0.name.asTyped == text.asTyped } }
        if let service = named.first, named.count == 1 { return service }
        guard named.isEmpty else {
            throw Problem(
                "\(named.count) services are named '\(text)'",
                hint: "write the ID of one: \(named.map(\.id).joined(separator: ", "))"
            )
        }
        let names = all.map { "'\($0.name)'" }.joined(separator: ", ")
        throw Problem(
            "no service has the name or the ID '\(text)'",
            hint: all.isEmpty ? "the organization has no service" : "the services are \(names)"
        )
    }

    /// The service that devices may be assigned to.
    func target(_ text: String) throws(Problem) -> Service {
        let service = try find(text)
        if service.type == Service.appleConfigurator {
            throw Problem(
                "'\(text)' stands for devices added with Apple Configurator",
                hint: "name a service of type MDM"
            )
        }
        if let status = service.status, status != "ACTIVE" {
            throw Problem(
                "the service '\(text)' has the status \(status)",
                hint: "activate it in Apple's portal, or name another service"
            )
        }
        return service
    }

    /// Whether Apple assigns new devices of this family to the service.
    func isDefault(_ id: String, of family: String?) -> Bool {
        guard let family else { return false }
        return service(id)?.defaultProductFamilies.contains(family) == true
    }
}

extension Service {
    static let appleConfigurator = "APPLE_CONFIGURATOR"
    static let appleMDM = "APPLE_MDM"

    /// Apple's own management: devices must be signed out before they can leave it.
    var isAppleMDM: Bool { type == Self.appleMDM }
}

extension String {
    /// The text as people type it: whatever blanks are in it and around it, and whatever its case.
    fileprivate var asTyped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased() }
}

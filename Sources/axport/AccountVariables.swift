import Records
import Stages

/// A pipeline without a file: variables such as `AXPORT_CLIENT_ID` describe the source.
struct AccountVariables {
    private static let origin = "environment"
    private static let location = SourceLocation(file: origin, line: 1, column: 1)
    private let environment: Environment

    init(_ environment: Environment) { self.environment = environment }

    func sections(coverage: Bool) -> [(name: String, value: ConfigNode)] {
        [
            ("source", source),
            ("extract", list(["devices", "assignments"] + (coverage ? ["coverage"] : []))),
            ("transform", list(["imei", "meid", "eid", "mac", "storage"] + (coverage ? ["applecare"] : []))),
        ]
    }

    private var source: ConfigNode {
        let isSchool = environment.variables["AXPORT_CLIENT_ID"]?.hasPrefix("SCHOOLAPI.") == true
        let urls = [("api_url", "AXPORT_API_URL"), ("token_url", "AXPORT_TOKEN_URL")]
            .filter { environment.variables[$0.1] != nil }
            .map { ($0.0, reference($0.1)) }
        let settings = [
            ("platform", reference("AXPORT_PLATFORM:-\(isSchool ? "school" : "business")")),
            ("client_id", reference("AXPORT_CLIENT_ID")), ("key_id", reference("AXPORT_KEY_ID")), ("private_key", key),
        ]
        return .map(settings + urls, origin: Self.origin)
    }

    private var key: ConfigNode {
        let variable = "AXPORT_PRIVATE_KEY_FILE"
        guard let path = environment.variables[variable] else { return reference(variable) }
        return environment.resolve(file: path, at: Self.location).node(at: Self.location)
    }

    private func reference(_ variable: String) -> ConfigNode {
        environment.resolve("${env:\(variable)}", at: Self.location).node(at: Self.location)
    }

    private func list(_ names: [String]) -> ConfigNode {
        .list(names.map { .scalar($0, origin: Self.origin) }, origin: Self.origin)
    }
}

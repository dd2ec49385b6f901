/// The service of Apple that the sandbox simulates.
package enum SandboxPlatform: String, Sendable, CaseIterable {
    case business, school

    var scope: String { "\(rawValue).api" }

    var clientPrefix: String {
        switch self {
        case .business: "BUSINESSAPI."
        case .school: "SCHOOLAPI."
        }
    }
}

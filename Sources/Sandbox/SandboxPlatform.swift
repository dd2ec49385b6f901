/// Which of Apple's two services the sandbox plays.
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

import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The folders and variables of a scheduled run.
struct ServicePlaces {
    /// The folder of the pipeline file and its keys; nil if they stay in their place.
    let configuration: String?
    /// Variables that the scheduler sets. The user sets all others.
    let variables: [String: String]
    /// Folders that a run may write to by default.
    let writable: [String]

    static let state = "/var/lib/axport"
    static let cache = "/var/cache/axport"

    /// axport@.service and its directories.
    static let systemd = ServicePlaces(
        configuration: "/etc/axport",
        variables: [
            "HOME": state, "STATE_DIRECTORY": state, "CACHE_DIRECTORY": cache, "CONFIGURATION_DIRECTORY": "/etc/axport",
            "CREDENTIALS_DIRECTORY": "/run/credentials",
        ],
        writable: [state, cache]
    )

    /// A container with the same directories.
    static let container = ServicePlaces(
        configuration: "/etc/axport",
        variables: [
            "HOME": state, "STATE_DIRECTORY": state, "CACHE_DIRECTORY": cache,
            "CREDENTIALS_DIRECTORY": "/run/axport/keys",
        ],
        writable: [state, cache]
    )

    /// The account of the current user.
    static let user = ServicePlaces(
        configuration: nil,
        variables: ["HOME": ProcessInfo.processInfo.environment["HOME"] ?? "", "CREDENTIALS_DIRECTORY": "keys"],
        writable: ["/"]
    )

    /// The pipeline file as read at run time. A service starts in its state directory, and a relative `base` starts
    /// there.
    func root(of text: String, file: String, _ environment: Environment) throws(PlanError) -> ConfigNode {
        let root = try ConfigNode.read(text, file: file, environment: environment)
        guard configuration != nil, let base = root["base"]?.scalarText, !base.isEmpty, !base.hasPrefix("~") else {
            return root
        }
        let there = FilePlace.absolute(base, in: Self.state)
        return try ConfigNode.read(text, file: file, environment: environment, base: there)
    }
}

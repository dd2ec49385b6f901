import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a scheduled run finds its files, and what it may write.
struct ServicePlaces {
    /// Where the pipeline file and its keys lie; nil where they stay where they are.
    let configuration: String?
    /// What the scheduler sets. Other variables are the reader's to set.
    let variables: [String: String]
    /// Folders that a run may write to without asking.
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

    /// The account of the person who asks.
    static let user = ServicePlaces(
        configuration: nil,
        variables: ["HOME": ProcessInfo.processInfo.environment["HOME"] ?? "", "CREDENTIALS_DIRECTORY": "keys"],
        writable: ["/"]
    )

    /// The pipeline file as it is read there: a service starts in its state directory, to which a relative `base` is relative.
    func root(of text: String, file: String, _ environment: Environment) throws(PlanError) -> ConfigNode {
        let root = try ConfigNode.read(text, file: file, environment: environment)
        guard configuration != nil, let base = root["base"]?.scalarText, !base.isEmpty, !base.hasPrefix("~") else {
            return root
        }
        let there = FilePlace.absolute(base, in: Self.state)
        return try ConfigNode.read(text, file: file, environment: environment, base: there)
    }
}

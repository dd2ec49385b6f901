/// What has been asked of a sandbox, in groups of paths.
package enum EndpointFamily: String, Sendable, CaseIterable {
    case token, devices, device, coverage, activationLock, assignedServer
    case servers, server, serverDevices, activities, mdmDevices, auditEvents, other
}

/// What a sandbox has done since it started.
package struct SandboxStatistics: Sendable {
    /// Requests that arrived, whatever became of them.
    package internal(set) var requests: [EndpointFamily: Int] = [:]
    /// Requests over the limit, answered with status 429.
    package internal(set) var refused = 0
    /// Requests that arrived before the Retry-After they had been told was over.
    package internal(set) var tooEarly = 0
    /// Faults that took effect.
    package internal(set) var faults: [FaultKind: Int] = [:]
    package internal(set) var tokensIssued = 0
    package internal(set) var tokensRefused: [AssertionProblem: Int] = [:]

    /// All requests but those for tokens.
    package var apiRequests: Int {
        requests.reduce(0) { $1.key == .token ? $0 : $0 + $1.value }
    }
}

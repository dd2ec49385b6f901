/// The kinds of requests to a sandbox, in groups of paths.
package enum EndpointFamily: String, Sendable, CaseIterable {
    case token, devices, device, coverage, activationLock, assignedServer
    case servers, server, serverDevices, activities, mdmDevices, auditEvents, other
}

/// The counts of a sandbox since its start.
package struct SandboxStatistics: Sendable {
    /// Received requests, whatever their result.
    package internal(set) var requests: [EndpointFamily: Int] = [:]
    /// Requests over the limit, answered with status 429.
    package internal(set) var refused = 0
    /// Requests that arrived before the end of their Retry-After.
    package internal(set) var tooEarly = 0
    /// Faults that took effect.
    package internal(set) var faults: [FaultKind: Int] = [:]
    package internal(set) var tokensIssued = 0
    package internal(set) var tokensRefused: [AssertionProblem: Int] = [:]

    package init() {}

    /// The counts of several organizations together.
    package init(sumOf several: [SandboxStatistics]) {
        for one in several {
            requests.merge(one.requests, uniquingKeysWith: +)
            refused += one.refused
            tooEarly += one.tooEarly
            faults.merge(one.faults, uniquingKeysWith: +)
            tokensIssued += one.tokensIssued
            tokensRefused.merge(one.tokensRefused, uniquingKeysWith: +)
        }
    }

    /// All requests except those for tokens.
    package var apiRequests: Int {
        requests.reduce(0) { $1.key == .token ? $0 : $0 + $1.value }
    }
}

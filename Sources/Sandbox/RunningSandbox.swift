/// An organization of a sandbox that serves requests until it is stopped. Organizations of one server stop together.
package final class RunningSandbox: Sendable {
    /// Empty if it is the only one.
    package let name: String
    package let apiURL: String
    package let tokenURL: String
    package let clientID: String
    package let keyID: String
    /// SEC1, Apple's form.
    package let privateKeyPEM: String
    private let state: SandboxState
    private let server: SandboxService

    init(name: String, state: SandboxState, apiURL: String, server: SandboxService) {
        self.name = name
        self.state = state
        self.apiURL = apiURL
        self.server = server
        tokenURL = "\(apiURL)\(TokenEndpoint.paths[0])"
        clientID = state.credentials.clientID
        keyID = state.credentials.keyID
        privateKeyPEM = state.credentials.privateKeyPEM
    }

    package var statistics: SandboxStatistics {
        get async { state.statistics }
    }

    /// The true state of the organization now.
    package var fleet: Fleet { state.organization.fleet }

    /// Moves the organization to a later night while the sandbox runs. A listing in progress continues with the new
    /// state.
    package func advance(toNight night: Int) async {
        state.change { $0.advance(toNight: night) }
    }

    /// The activities that clients created, in order of arrival.
    package var activities: [AcceptedActivity] {
        state.change { register in
            register.settle()
            return register.activities
        }
    }

    /// The requests to the API other than reads, in order of arrival.
    package var writes: [SandboxWrite] { state.change { $0.writes } }

    /// How many requests carried a token to the host of the logs.
    package var leaks: Int { state.change { $0.leaks } }

    /// Moves the organization's clock forward within the night.
    package func pass(seconds: Double) async {
        state.change { $0.pass(seconds: seconds) }
    }

    /// Assigns devices to a server, or to none, as somebody on Apple's web site does. An unknown server
    /// changes nothing.
    package func assign(_ serials: [String], toServer id: String?) async {
        state.change { register in
            let place = register.fleet.roster.entries.indices.first { register.fleet.serverID(at: $0) == id }
            if id != nil, place == nil { return }
            register.assign(serials, to: place)
        }
    }

    /// Replaces the faults from now on.
    package func setFaults(_ faults: [Fault]) async {
        state.setFaults(faults)
    }

    /// Replaces the switches of the organization from now on.
    package func setSwitches(_ switches: SandboxSwitches) async {
        state.change { $0.setSwitches(switches) }
    }

    /// Revokes all issued tokens.
    package func revokeTokens() async {
        state.tokens.revokeAll()
    }

    /// Ends all connections of the server and returns when the port is free.
    package func stop() async { await server.stop() }

    /// Returns after `stop()`. Throws if the server ends by itself.
    package func waitUntilStopped() async throws { try await server.waitUntilStopped() }
}

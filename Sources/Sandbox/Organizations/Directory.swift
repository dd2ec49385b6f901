/// The organizations of a server, by what a request tells of them.
struct Directory: Sendable {
    private let states: [SandboxState]
    private let places: (clients: [String: Int], names: [String: Int])
    let firstName: String

    /// - Parameter organizations: at least one.
    init(_ organizations: [(name: String, state: SandboxState)]) {
        states = organizations.map(\.state)
        firstName = organizations.first?.name ?? ""
        places = (
            Dictionary(organizations.enumerated().map { ($1.state.credentials.clientID, $0) }) { first, _ in first },
            Dictionary(organizations.enumerated().map { ($1.name, $0) }) { first, _ in first }
        )
    }

    var count: Int { states.count }

    /// The first one answers, and counts, the requests of those who belong to none.
    func organization(ofClient id: String?) -> SandboxState { states[id.flatMap { places.clients[$0] } ?? 0] }

    func organization(ofToken token: String?) -> SandboxState {
        let place = token.flatMap(AccessTokens.organization) ?? 0
        return states[states.indices.contains(place) ? place : 0]
    }

    func organization(ofActivity id: String) -> SandboxState {
        states.first { $0.activity(id) != nil } ?? states[0]
    }

    /// Nil if the name is unknown, or absent among several.
    func organization(named name: String?) -> SandboxState? {
        guard let name else { return states.count == 1 ? states[0] : nil }
        return places.names[name].map { states[$0] }
    }
}

import Records
import Stages
import Synchronization

/// What the runs of a command found a moment ago at the places of their loads. With many sources, each would wait for the
/// same server, send it the same wrong password (repeated attempts can lock an account), and take a connection for a
/// look at the same table.
package final class KnownPlaces: Sendable {
    private static let age = Duration.seconds(60)
    private typealias Found = (examination: Examination, at: ContinuousClock.Instant)
    private struct State {
        /// By place.
        var unreachable: [String: Found] = [:]
        /// By load.
        var examined: [String: Found] = [:]
    }
    private let state = Mutex(State())
    private let turns = Turns()

    package init() {}

    /// What is known of a load's destination, or what a look finds. One looks at a place while the others wait.
    ///
    /// - Parameter load: equal for all sources that load the same rows into the same destination.
    func finding(_ load: String, at place: String, _ look: () async -> Examination) async -> Examination {
        if let known = known(load, at: place) { return known }
        // A canceled run looks at nothing anymore.
        do { try await turns.take([place]) } catch { return Examination() }
        defer { turns.end([place]) }
        if let known = known(load, at: place) { return known }
        let found = await look()
        if !Task.isCancelled { learn(found, of: load, at: place) }
        return found
    }

    private func known(_ load: String, at place: String) -> Examination? {
        let found = state.withLock { [$0.unreachable[place], $0.examined[load]] }
        return found.compactMap(\.self).first { .now - $0.at < Self.age }?.examination
    }

    private func learn(_ found: Examination, of load: String, at place: String) {
        state.withLock { state in
            if found.failure?.isOfPlace == true {
                state.unreachable[place] = (found, .now)
            } else {
                state.examined[load] = (found, .now)
            }
        }
    }
}

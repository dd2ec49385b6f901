import Records
import Stages
import Synchronization

/// Places that the runs of a command could not reach a moment ago. With many sources, each would wait for the same
/// server, or send it the same wrong password: repeated attempts can lock an account.
package final class KnownPlaces: Sendable {
    private static let age = Duration.seconds(60)
    private struct State {
        var unreachable: [String: (found: Examination, at: ContinuousClock.Instant)] = [:]
        var reached: Set<String> = []
    }
    private let state = Mutex(State())
    private let turns = Turns()

    package init() {}

    /// What is known of a place, or what a look finds. While nobody knows whether it can be reached, one looks and the
    /// others wait.
    func finding(_ place: String, _ look: () async -> Examination) async -> Examination {
        if let known = unreachable(place) { return known }
        if !isReached(place) {
            // A canceled run looks at nothing anymore.
            do { try await turns.take([place]) } catch { return Examination() }
            defer { turns.end([place]) }
            if let known = unreachable(place) { return known }
            if !isReached(place) { return learned(place, await look()) }
        }
        return learned(place, await look())
    }

    private func unreachable(_ place: String) -> Examination? {
        state.withLock { $0.unreachable[place] }.flatMap { .now - $0.at < Self.age ? $0.found : nil }
    }

    private func isReached(_ place: String) -> Bool { state.withLock { $0.reached.contains(place) } }

    private func learned(_ place: String, _ found: Examination) -> Examination {
        state.withLock { state in
            if found.failure?.isOfPlace == true {
                state.unreachable[place] = (found, .now)
                state.reached.remove(place)
            } else {
                state.reached.insert(place)
            }
        }
        return found
    }
}

import Stages
import Synchronization

/// Places that the runs of a command could not reach a moment ago. With many sources, each would wait for the same
/// server, or send it the same wrong password: repeated attempts can lock an account.
package final class KnownPlaces: Sendable {
    private static let age = Duration.seconds(60)
    private let unreachable = Mutex<[String: (found: Examination, at: ContinuousClock.Instant)]>([:])

    package init() {}

    subscript(place: String) -> Examination? {
        get {
            unreachable.withLock { $0[place] }.flatMap { .now - $0.at < Self.age ? $0.found : nil }
        }
        set {
            unreachable.withLock { $0[place] = newValue.map { (found: $0, at: .now) } }
        }
    }
}

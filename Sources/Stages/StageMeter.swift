import Synchronization

/// Counts that a stage adds to while it works and that a progress line reads meanwhile.
package final class StageMeter: Sendable {
    private let counts = Mutex(StageCounts())

    package init() {}

    package var current: StageCounts { counts.withLock { $0 } }

    package func update(_ change: (inout sending StageCounts) -> Void) { counts.withLock { change(&$0) } }
}

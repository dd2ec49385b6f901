import Synchronization

/// Numbers that a stage updates while the progress line reads them.
package final class StageMeter: Sendable {
    private let counts = Mutex(StageCounts())

    package init() {}

    package var current: StageCounts { counts.withLock { $0 } }

    package func update(_ change: (inout sending StageCounts) -> Void) { counts.withLock { change(&$0) } }
}

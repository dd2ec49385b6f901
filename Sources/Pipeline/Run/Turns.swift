import Synchronization

/// Loads of one command that change the same place take turns, in the order in which they asked.
///
/// A pass takes all its places at once, so that two passes never wait for each other.
package final class Turns: Sendable {
    private struct Waiter {
        let number: Int
        let places: Set<String>
        let resume: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var taken: Set<String> = []
        var waiting: [Waiter] = []
        var lastNumber = 0

        /// Removes those whose turn it is. Nobody overtakes an earlier one that wants the same place.
        mutating func nextOnes() -> [Waiter] {
            var blocked = taken
            var next: [Waiter] = []
            waiting.removeAll { waiter in
                defer { blocked.formUnion(waiter.places) }
                guard blocked.isDisjoint(with: waiter.places) else { return false }
                taken.formUnion(waiter.places)
                next.append(waiter)
                return true
            }
            return next
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// Waits until nobody has any of these places. Call ``end(_:)`` afterwards.
    ///
    /// - Parameter onWait: called once if it has to wait.
    /// - Throws: `CancellationError`; it then has no place.
    package func take(_ places: Set<String>, onWait: () -> Void = {}) async throws {
        if places.isEmpty { return }
        let isFree = state.withLock { state in
            let wanted = state.waiting.reduce(into: state.taken) { $0.formUnion($1.places) }
            guard wanted.isDisjoint(with: places) else { return false }
            state.taken.formUnion(places)
            return true
        }
        if isFree { return }
        onWait()
        guard await wait(for: places) else { throw CancellationError() }
    }

    package func end(_ places: Set<String>) {
        resume { $0.taken.subtract(places) }
    }

    /// - Returns: false if the task was canceled.
    private func wait(for places: Set<String>) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCanceled = state.withLock { state in
                    // A cancellation before this line found nobody to resume.
                    if Task.isCancelled { return true }
                    state.waiting.append(Waiter(number: number, places: places, resume: continuation))
                    return false
                }
                if isCanceled { continuation.resume(returning: false) } else { resume { _ in } }
            }
        } onCancel: {
            var left: Waiter?
            resume { state in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return }
                left = state.waiting.remove(at: index)
            }
            left?.resume.resume(returning: false)
        }
    }

    /// Changes the state, then lets those begin whose turn it is.
    private func resume(after change: (inout State) -> Void) {
        let next = state.withLock { state in
            change(&state)
            return state.nextOnes()
        }
        for waiter in next { waiter.resume.resume(returning: true) }
    }
}

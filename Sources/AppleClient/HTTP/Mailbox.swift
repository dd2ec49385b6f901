import Stages
import Synchronization

/// A request on its way to the loop.
struct Job: Sendable {
    /// Its place among those that were asked together.
    let number: Int
    let request: HTTPRequest
    let proxy: ProxyAddress?
    /// Until it must be over.
    let seconds: Double
    /// Seconds without a byte after which it counts as stalled.
    let idle: Double
}

/// What the loop hands back.
struct Arrival: Sendable {
    enum Outcome: Sendable {
        case answer(HTTPAnswer)
        case failed(NoAnswer)
        /// Given back before it was sent.
        case unsent
    }
    let number: Int
    let outcome: Outcome
    /// How long it was under way.
    let seconds: Double
}

/// Where the answers to requests that belong together are left until they are taken.
final class Mailbox: Sendable {
    private struct State {
        var arrivals: [Arrival] = []
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func deliver(_ arrivals: [Arrival]) {
        wake { $0.arrivals += arrivals }
    }

    /// Ends a wait, though nothing has come.
    func ring() {
        wake { $0.isRung = true }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// What has come. Waits for something, or until it is rung or the task is canceled.
    func take() async -> [Arrival] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isReady = state.withLock { state in
                    if state.isRung || !state.arrivals.isEmpty { return true }
                    state.waiter = waiter
                    return false
                }
                if isReady { waiter.resume() }
            }
        } onCancel: {
            ring()
        }
        return state.withLock { state in
            defer { (state.arrivals, state.isRung) = ([], false) }
            return state.arrivals
        }
    }
}

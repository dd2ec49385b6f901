import Stages
import Synchronization

/// A request on its way to the loop.
struct Job: Sendable {
    /// The position in its group of requests.
    let number: Int
    let request: HTTPRequest
    let proxy: ProxyAddress?
    /// The longest time for the whole request, in seconds.
    let seconds: Double
    /// Seconds without a byte after which the request counts as stalled.
    let idle: Double
}

/// An answer from the loop.
struct Arrival: Sendable {
    enum Outcome: Sendable {
        case answer(HTTPAnswer)
        case failed(NoAnswer)
        /// Returned before it was sent.
        case unsent
    }
    let number: Int
    let outcome: Outcome
    /// How long the request took.
    let seconds: Double
}

/// Keeps the answers to a group of requests until they are taken.
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

    /// Ends a wait even if no answer has arrived.
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

    /// The answers so far. Waits for the first one, for `ring()`, or until the task is canceled.
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

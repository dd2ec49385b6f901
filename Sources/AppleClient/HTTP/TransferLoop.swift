import CCurl
import Dispatch
import Synchronization

/// Takes requests from any thread to the one that does them all.
///
/// Unchecked: the handle is libcurl's. Other threads do nothing with it but wake the loop, which libcurl allows, under
/// the lock and before its end; all else is the loop's thread's.
final class TransferLoop: @unchecked Sendable {
    enum Order {
        /// New limit of requests in flight; nil keeps the current one.
        case start([Job], Mailbox, window: Int?)
        /// Give back what was not sent.
        case recall(Mailbox)
        case ring(Mailbox, at: ContinuousClock.Instant)
        /// Nobody waits for it any more.
        case cancel(Mailbox)
    }

    private struct State {
        var orders: [Order] = []
        var isEnding = false
        var hasEnded = false
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    let multi: UnsafeMutableRawPointer
    private let state = Mutex(State())

    /// Nil if the machine lacks the file descriptors for it.
    init?(_ settings: TransferSettings) {
        guard TransferSettings.isReady, let multi = curl_multi_init() else { return nil }
        self.multi = multi
        ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, settings.connections)
        // A separate queue, because the loop keeps its thread.
        DispatchQueue(label: "Apple").async { [self] in TransferTurns(self, settings).run() }
    }

    func order(_ order: Order) {
        let isTaken = state.withLock { state in
            if state.hasEnded { return false }
            if state.orders.isEmpty { curl_multi_wakeup(multi) }
            state.orders.append(order)
            return true
        }
        if !isTaken, case .start(let jobs, let mailbox, _) = order {
            mailbox.deliver(jobs.map { Arrival(number: $0.number, outcome: .failed(.closed), seconds: 0) })
        }
    }

    /// Ends all connections; requests in flight get no answer.
    func end() {
        state.withLock { state in
            if state.hasEnded { return }
            state.isEnding = true
            curl_multi_wakeup(multi)
        }
    }

    func hasEnded() async {
        await withCheckedContinuation { waiter in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.whenEnded.append(waiter) }
                return state.hasEnded
            }
            if hasEnded { waiter.resume() }
        }
    }

    // MARK: For the loop's thread

    /// What was ordered since the last turn; nil if it is to end.
    func takeOrders() -> [Order]? {
        state.withLock { state in
            if state.isEnding { return nil }
            defer { state.orders = [] }
            return state.orders
        }
    }

    /// After this nobody wakes the loop.
    func closeOrders() -> [Order] {
        let (orders, waiters) = state.withLock { state in
            state.hasEnded = true
            return (state.orders, state.whenEnded)
        }
        for waiter in waiters { waiter.resume() }
        return orders
    }
}

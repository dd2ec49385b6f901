import CCurl
import Dispatch
import Synchronization

/// The connections of one process. All its sources may share them, so that the certificate authorities are read once.
package final class Network: Sendable {
    let loop: TransferLoop?

    package init() { loop = TransferLoop() }

    deinit { loop?.end() }
}

/// The source that owns requests.
final class Sender: Sendable {
    let settings: TransferSettings

    init(_ settings: TransferSettings) { self.settings = settings }
}

/// Passes requests from any thread to the thread that sends them.
///
/// Unchecked because libcurl's handle is not Sendable. This is safe: only the loop's own thread uses the handle, and
/// everything that other threads touch is behind a lock.
final class TransferLoop: @unchecked Sendable {
    enum Order {
        case start([Job], Mailbox, from: Sender, Start)
        /// Return the requests that were not sent.
        case recall(Mailbox)
        case ring(Mailbox, at: ContinuousClock.Instant, from: Sender)
        /// Nobody waits for the answers anymore.
        case cancel(Mailbox)
        /// The source sends no more requests and gets no more answers.
        case leave(Sender)
    }

    struct Start {
        /// New limit of requests in flight; nil keeps the current one.
        var window: Int?
        /// Whether all other requests of this source go first.
        var givesWay = false
    }

    private struct State {
        var orders: [Order] = []
        var isEnding = false
        var hasEnded = false
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    let multi: UnsafeMutableRawPointer
    let pipe: WakePipe
    private let state = Mutex(State())

    /// Nil if file descriptors are short.
    init?() {
        guard TransferSettings.isReady, let pipe = WakePipe() else { return nil }
        guard let multi = curl_multi_init() else {
            pipe.close()
            return nil
        }
        self.multi = multi
        self.pipe = pipe
        // A separate queue, because the loop occupies its thread.
        DispatchQueue(label: "Apple").async { [self] in TransferTurns(self).run() }
    }

    func order(_ order: Order) {
        let isTaken = state.withLock { state in
            if state.hasEnded { return false }
            if state.orders.isEmpty { pipe.wake() }
            state.orders.append(order)
            return true
        }
        if !isTaken, case .start(let jobs, let mailbox, _, _) = order {
            mailbox.deliver(jobs.map { Arrival(number: $0.number, outcome: .failed(.closed), seconds: 0) })
        }
    }

    /// Ends all connections; requests in flight get no answer.
    func end() {
        state.withLock { state in
            if state.hasEnded { return }
            state.isEnding = true
            pipe.wake()
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

    /// The orders since the last turn; nil when the loop is to end.
    func takeOrders() -> [Order]? {
        state.withLock { state in
            if state.isEnding { return nil }
            defer { state.orders = [] }
            return state.orders
        }
    }

    /// Returns the last orders. Nothing wakes the loop after this.
    func closeOrders() -> [Order] {
        let (orders, waiters) = state.withLock { state in
            state.hasEnded = true
            pipe.close()
            return (state.orders, state.whenEnded)
        }
        for waiter in waiters { waiter.resume() }
        return orders
    }
}

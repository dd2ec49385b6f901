import CCurl
import Dispatch
import Synchronization

/// The connections of one process: all its sources may share them, so that the certificate authorities are read once.
package final class Network: Sendable {
    let loop: TransferLoop?

    package init() { loop = TransferLoop() }

    deinit { loop?.end() }
}

/// Whose requests they are: a source's.
final class Sender: Sendable {
    let settings: TransferSettings

    init(_ settings: TransferSettings) { self.settings = settings }
}

/// Takes requests from any thread to the one that does them all.
///
/// Unchecked: the handle is libcurl's, and the loop's thread's alone.
final class TransferLoop: @unchecked Sendable {
    enum Order {
        case start([Job], Mailbox, from: Sender, Start)
        /// Give back what was not sent.
        case recall(Mailbox)
        case ring(Mailbox, at: ContinuousClock.Instant, from: Sender)
        /// Nobody waits for it any more.
        case cancel(Mailbox)
        /// It sends no more, and gets no more answers.
        case leave(Sender)
    }

    struct Start {
        /// New limit of requests in flight; nil keeps the current one.
        var window: Int?
        /// Whether all others of this source go first.
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

    /// Nil if the machine lacks the file descriptors for it.
    init?() {
        guard TransferSettings.isReady, let pipe = WakePipe() else { return nil }
        guard let multi = curl_multi_init() else {
            pipe.close()
            return nil
        }
        self.multi = multi
        self.pipe = pipe
        // A separate queue, because the loop keeps its thread.
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
            pipe.close()
            return (state.orders, state.whenEnded)
        }
        for waiter in waiters { waiter.resume() }
        return orders
    }
}

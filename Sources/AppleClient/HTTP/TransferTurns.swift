import CCurl
import Records
import Stages

/// The turns of the loop, all on one thread: take orders, let libcurl do what can be done, hand over, wait.
final class TransferTurns {
    private let loop: TransferLoop
    private let multi: UnsafeMutableRawPointer
    private let settings: TransferSettings
    private var lots: [ObjectIdentifier: Lot] = [:]
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Requests that wait for a connection, from `firstWaiting` on.
    private var waiting: [(job: Job, lot: Lot)] = []
    private var firstWaiting = 0
    /// How many requests may be under way at once.
    private var window = 1
    /// Handles that can be used again, with the connections' settings in them.
    private var idle: [Transfer] = []
    private var nextStallCheck: ContinuousClock.Instant
    /// Where TLS has worked before.
    private var trusted: Set<String> = []
    private let clock = ContinuousClock()

    private static let stallCheck = Duration.milliseconds(100)

    init(_ loop: TransferLoop, _ settings: TransferSettings) {
        self.loop = loop
        multi = loop.multi
        self.settings = settings
        nextStallCheck = clock.now
    }

    func run() {
        while let orders = loop.takeOrders() {
            for order in orders { follow(order) }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            takeFinished()
            let now = clock.now
            if now >= nextStallCheck { endStalled(at: now) }
            // Before the answers are handed over, so that gathering them costs no time.
            fillWindow()
            deliver(at: now)
            curl_multi_poll(multi, nil, 0, patience(at: now), nil)
        }
        for order in loop.closeOrders() { if case .start = order { follow(order) } }
        for transfer in active.values { finish(transfer, .failed(.closed)) }
        giveBackWaiting()
        for lot in lots.values {
            lot.hurry()
            lot.deliver(at: clock.now)
        }
        idle = []
        curl_multi_cleanup(multi)
    }

    private func follow(_ order: TransferLoop.Order) {
        switch order {
        case .start(let jobs, let mailbox, let window):
            if let window { self.window = window }
            let lot = lot(of: mailbox)
            lot.open += jobs.count
            for job in jobs {
                // A request that writes has its own connection, and others may wait for its answer.
                if job.request.form != nil { start(job, of: lot) } else { waiting.append((job, lot)) }
            }
            fillWindow()
        case .ring(let mailbox, let moment): lot(of: mailbox).alarm = moment
        case .recall(let mailbox):
            guard let lot = lots[ObjectIdentifier(mailbox)] else { return }
            giveBackWaiting { $0 === lot }
            lot.hurry()
        case .cancel(let mailbox):
            guard let lot = lots.removeValue(forKey: ObjectIdentifier(mailbox)) else { return }
            waiting = waiting[firstWaiting...].filter { $0.lot !== lot }
            firstWaiting = 0
            for transfer in active.values where transfer.lot === lot { drop(transfer) }
        }
    }

    private func lot(of mailbox: Mailbox) -> Lot {
        let id = ObjectIdentifier(mailbox)
        if let lot = lots[id] { return lot }
        let lot = Lot(mailbox)
        lots[id] = lot
        return lot
    }

    private func fillWindow() {
        while active.count < window, firstWaiting < waiting.count {
            let (job, lot) = waiting[firstWaiting]
            firstWaiting += 1
            start(job, of: lot)
        }
        if firstWaiting == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            firstWaiting = 0
        }
    }

    private func giveBackWaiting(where isMeant: (Lot) -> Bool = { _ in true }) {
        let queue = waiting[firstWaiting...]
        firstWaiting = 0
        waiting = []
        for (job, lot) in queue {
            if isMeant(lot) {
                lot.add(Arrival(number: job.number, outcome: .unsent, seconds: 0), at: clock.now)
            } else {
                waiting.append((job, lot))
            }
        }
    }

    private func start(_ job: Job, of lot: Lot) {
        guard let transfer = idle.popLast() ?? Transfer(settings) else {
            return lot.add(Arrival(number: job.number, outcome: .failed(.noMemory), seconds: 0), at: clock.now)
        }
        transfer.begin(job, of: lot)
        active[transfer.easy] = transfer
        curl_multi_add_handle(multi, transfer.easy)
    }

    private func takeFinished() {
        var result = CURLE_OK
        while let easy = ccurl_done(multi, &result) {
            guard let transfer = active[easy], let job = transfer.job else { continue }
            guard result == CURLE_OK else {
                let problem = NoAnswer(
                    result,
                    transfer,
                    job,
                    caFile: settings.caFile,
                    wasTrusted: trusted.contains(job.request.authority)
                )
                finish(transfer, .failed(problem))
                continue
            }
            if ccurl_number(easy, CURLINFO_NUM_CONNECTS) > 0, job.request.scheme == "https" {
                trusted.insert(job.request.authority)
            }
            finish(transfer, .answer(transfer.answer(through: job.proxy)))
        }
    }

    /// libcurl's own limit on slow answers comes late, and never where a byte drips now and then.
    private func endStalled(at now: ContinuousClock.Instant) {
        for transfer in active.values {
            guard let last = transfer.lastByte, let job = transfer.job, now - last >= .seconds(job.idle) else {
                continue
            }
            finish(transfer, .failed(.stalled(job)))
        }
        nextStallCheck = now + Self.stallCheck
    }

    private func finish(_ transfer: Transfer, _ outcome: Arrival.Outcome) {
        guard let job = transfer.job, let lot = transfer.lot else { return }
        let now = clock.now
        lot.add(Arrival(number: job.number, outcome: outcome, seconds: (now - transfer.began).inSeconds), at: now)
        drop(transfer)
        guard outcome.mayHoldOthersBack else { return }
        // Requests with an older leave may not start: they need a new one.
        giveBackWaiting()
        for lot in lots.values { lot.hurry() }
    }

    private func drop(_ transfer: Transfer) {
        curl_multi_remove_handle(multi, transfer.easy)
        active[transfer.easy] = nil
        let wrote = transfer.job?.request.form != nil
        transfer.end()
        if !wrote { idle.append(transfer) }
    }

    private func deliver(at now: ContinuousClock.Instant) {
        for (id, lot) in lots {
            lot.deliver(at: now)
            if lot.isOver { lots[id] = nil }
        }
    }

    /// How long to wait for the next turn, in milliseconds.
    private func patience(at now: ContinuousClock.Instant) -> Int32 {
        var next = now + (active.isEmpty ? .seconds(60) : Self.stallCheck)
        for lot in lots.values {
            if let since = lot.gatheringSince { next = min(next, since + Lot.gathering) }
            if let alarm = lot.alarm { next = min(next, alarm) }
        }
        return Int32(max(0, ((next - now).inSeconds * 1000).rounded(.up)))
    }
}

extension Arrival.Outcome {
    /// Whether the limiter may make others wait for it.
    fileprivate var mayHoldOthersBack: Bool {
        switch self {
        // The others of a token that was refused would be refused as well.
        case .answer(let answer): [401, 429].contains(answer.status) || answer.status >= 500
        case .failed: true
        case .unsent: false
        }
    }
}

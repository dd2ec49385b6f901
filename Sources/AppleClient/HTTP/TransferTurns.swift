import CCurl
import Pipeline

/// Requests that were asked together, and what has come of them and is not delivered.
final class Lot {
    let mailbox: Mailbox
    var underWay = 0
    private var arrivals: [Arrival] = []
    private(set) var gatheringSince: ContinuousClock.Instant?

    /// A hand-over for every answer or two would cost as much again as the answers.
    private static let most = 128
    static let gathering = Duration.milliseconds(5)

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    func add(_ arrival: Arrival, at now: ContinuousClock.Instant) {
        arrivals.append(arrival)
        if gatheringSince == nil { gatheringSince = now }
    }

    func deliver(at now: ContinuousClock.Instant) {
        guard let since = gatheringSince,
            underWay == 0 || arrivals.count >= Self.most || now - since >= Self.gathering
        else { return }
        mailbox.deliver(arrivals)
        arrivals = []
        gatheringSince = nil
    }
}

/// The turns of the loop, all on one thread: take orders, let libcurl do what can be done, hand over, wait.
final class TransferTurns {
    private let loop: TransferLoop
    private let multi: UnsafeMutableRawPointer
    private let settings: TransferSettings
    private var lots: [ObjectIdentifier: Lot] = [:]
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Handles that can be used again, with the connections' settings in them.
    private var idle: [Transfer] = []
    private var nextStallCheck: ContinuousClock.Instant
    /// Where TLS has worked before.
    private var trusted: Set<String> = []
    private let clock = ContinuousClock()

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
            deliver(at: now)
            curl_multi_poll(multi, nil, 0, patience(at: now), nil)
        }
        for order in loop.closeOrders() { if case .start = order { follow(order) } }
        for transfer in active.values { finish(transfer, .none(.closed)) }
        for lot in lots.values { lot.deliver(at: clock.now) }
        idle = []
        curl_multi_cleanup(multi)
    }

    private func follow(_ order: TransferLoop.Order) {
        switch order {
        case .start(let jobs, let mailbox):
            let lot = lots[ObjectIdentifier(mailbox)] ?? Lot(mailbox)
            lots[ObjectIdentifier(mailbox)] = lot
            lot.underWay += jobs.count
            for job in jobs { start(job, of: lot) }
        case .cancel(let mailbox):
            guard let lot = lots.removeValue(forKey: ObjectIdentifier(mailbox)) else { return }
            for transfer in active.values where transfer.lot === lot { drop(transfer) }
        }
    }

    private func start(_ job: Job, of lot: Lot) {
        guard let transfer = idle.popLast() ?? Transfer(settings) else {
            lot.underWay -= 1
            return lot.add(Arrival(number: job.number, outcome: .none(.noMemory), seconds: 0), at: clock.now)
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
                finish(transfer, .none(problem))
                continue
            }
            if ccurl_number(easy, CURLINFO_NUM_CONNECTS) > 0, job.request.scheme == "https" {
                trusted.insert(job.request.authority)
            }
            let (retryAfter, date) = (transfer.header("Retry-After"), transfer.header("Date"))
            let (status, redirect) = (transfer.status, transfer.redirect)
            let answer = HTTPAnswer(
                status: status,
                retryAfter: retryAfter,
                date: date,
                redirect: redirect,
                proxy: job.proxy?.shown,
                body: transfer.takeBody()
            )
            finish(transfer, .answer(answer))
        }
    }

    /// libcurl's own limit on slow answers comes late, and never where a byte drips now and then.
    private func endStalled(at now: ContinuousClock.Instant) {
        let idle = Duration.seconds(settings.timeouts.idle)
        for transfer in active.values {
            guard let last = transfer.lastByte, now - last >= idle, let job = transfer.job else { continue }
            finish(transfer, .none(.stalled(job)))
        }
        nextStallCheck = now + idle / 20
    }

    private func finish(_ transfer: Transfer, _ outcome: Arrival.Outcome) {
        guard let job = transfer.job, let lot = transfer.lot else { return }
        let now = clock.now
        lot.underWay -= 1
        lot.add(Arrival(number: job.number, outcome: outcome, seconds: (now - transfer.began).inSeconds), at: now)
        drop(transfer)
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
            if lot.underWay == 0 { lots[id] = nil }
        }
    }

    /// How long to wait for the next turn, in milliseconds.
    private func patience(at now: ContinuousClock.Instant) -> Int32 {
        if active.isEmpty { return 60_000 }
        let delivery = lots.values.compactMap(\.gatheringSince).min().map { $0 + Lot.gathering }
        let next = min(nextStallCheck, delivery ?? nextStallCheck)
        return Int32(max(1, ((next - now).inSeconds * 1000).rounded(.up)))
    }
}

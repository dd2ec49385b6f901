import CCurl
import Records
import Stages

/// The turns of the loop, on one thread: take orders, let libcurl work, deliver answers, wait.
final class TransferTurns {
    private let loop: TransferLoop
    private let multi: UnsafeMutableRawPointer
    private let watch: SocketWatch
    private let sockets = OpenSockets()
    private var outboxes: [ObjectIdentifier: Outbox] = [:]
    private var lots: [ObjectIdentifier: Lot] = [:]
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    private var nextStallCheck: ContinuousClock.Instant
    /// Hosts with a successful TLS handshake before.
    private var trusted: Set<String> = []
    private let clock = ContinuousClock()

    private static let stallCheck = Duration.milliseconds(100)

    init(_ loop: TransferLoop) {
        self.loop = loop
        multi = loop.multi
        watch = SocketWatch(loop.multi, wake: loop.pipe.reader)
        nextStallCheck = clock.now
    }

    func run() {
        while let orders = loop.takeOrders() {
            for order in orders { follow(order) }
            let now = clock.now
            if now >= nextStallCheck { endStalled(at: now) }
            // Before the answers are delivered, so that collecting them costs no time.
            replaceFinished()
            deliver(at: clock.now)
            // A server can work on the next request while we read the other answers.
            watch.runReady(after: patience(at: clock.now), replaceFinished)
        }
        for order in loop.closeOrders() { if case .start = order { follow(order) } }
        for outbox in outboxes.values { leave(outbox) }
        outboxes = [:]
        curl_multi_cleanup(multi)
    }

    private func replaceFinished() {
        repeat {
            takeFinished()
            for outbox in outboxes.values { fillWindow(of: outbox) }
        } while watch.runDue()
    }

    private func follow(_ order: TransferLoop.Order) {
        switch order {
        case .start(let jobs, let mailbox, let sender, let start):
            let outbox = outbox(of: sender)
            if let window = start.window { outbox.window = window }
            let lot = lot(of: mailbox, in: outbox)
            lot.open += jobs.count
            for job in jobs {
                // A POST has a separate connection, and other requests may wait for its answer.
                if job.request.form != nil {
                    self.start(job, of: lot)
                } else {
                    outbox.add(job, of: lot, givesWay: start.givesWay)
                }
            }
        case .ring(let mailbox, let moment, let sender): lot(of: mailbox, in: outbox(of: sender)).alarm = moment
        case .recall(let mailbox):
            guard let lot = lots[ObjectIdentifier(mailbox)] else { return }
            giveBackWaiting(of: lot.outbox) { $0 === lot }
            lot.hurry()
        case .cancel(let mailbox):
            guard let lot = lots.removeValue(forKey: ObjectIdentifier(mailbox)) else { return }
            _ = lot.outbox.take { $0 === lot }
            for transfer in active.values where transfer.lot === lot { drop(transfer) }
        case .leave(let sender):
            if let outbox = outboxes.removeValue(forKey: ObjectIdentifier(sender)) { leave(outbox) }
        }
    }

    private func outbox(of sender: Sender) -> Outbox {
        let id = ObjectIdentifier(sender)
        if let outbox = outboxes[id] { return outbox }
        let outbox = Outbox(sender, sockets)
        outboxes[id] = outbox
        let connections = outboxes.values.reduce(0) { $0 + $1.sender.settings.connections }
        ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, connections)
        return outbox
    }

    private func lot(of mailbox: Mailbox, in outbox: Outbox) -> Lot {
        let id = ObjectIdentifier(mailbox)
        if let lot = lots[id] { return lot }
        let lot = Lot(mailbox, in: outbox)
        lots[id] = lot
        return lot
    }

    /// Ends all requests of a source.
    private func leave(_ outbox: Outbox) {
        for transfer in active.values where transfer.lot?.outbox === outbox { finish(transfer, .failed(.closed)) }
        giveBackWaiting(of: outbox)
        for (id, lot) in lots where lot.outbox === outbox {
            lot.hurry()
            lot.deliver(at: clock.now)
            lots[id] = nil
        }
    }

    // MARK: Requests

    private func fillWindow(of outbox: Outbox) {
        while let (job, lot) = outbox.next() { start(job, of: lot) }
    }

    private func giveBackWaiting(of outbox: Outbox, where isMeant: (Lot) -> Bool = { _ in true }) {
        for (job, lot) in outbox.take(where: isMeant) {
            lot.add(Arrival(number: job.number, outcome: .unsent, seconds: 0), at: clock.now)
        }
    }

    private func start(_ job: Job, of lot: Lot) {
        guard let transfer = lot.outbox.transfer() else {
            return lot.add(Arrival(number: job.number, outcome: .failed(.noMemory), seconds: 0), at: clock.now)
        }
        transfer.begin(job, of: lot)
        active[transfer.easy] = transfer
        lot.outbox.active += 1
        curl_multi_add_handle(multi, transfer.easy)
    }

    private func sendAnew(_ transfer: Transfer, _ job: Job) {
        guard let lot = transfer.lot else { return }
        curl_multi_remove_handle(multi, transfer.easy)
        transfer.begin(job, of: lot)
        curl_multi_add_handle(multi, transfer.easy)
    }

    private func takeFinished() {
        var result = CURLE_OK
        while let easy = ccurl_done(multi, &result) {
            guard let transfer = active[easy], let job = transfer.job else { continue }
            if transfer.progress.unasked == .atKeptConnection {
                // libcurl has closed that connection, and nothing was sent.
                sendAnew(transfer, job)
                continue
            }
            guard result == CURLE_OK else {
                transfer.lot?.outbox.sender.settings.debug?(transfer.account(of: result, job))
                let wasTrusted = trusted.contains(job.request.authority)
                finish(transfer, .failed(NoAnswer(result, transfer, job, wasTrusted: wasTrusted)))
                continue
            }
            if job.request.scheme == "https", ccurl_number(easy, CURLINFO_NUM_CONNECTS) > 0 {
                trusted.insert(job.request.authority)
            }
            finish(transfer, .answer(transfer.answer(through: job.proxy)))
        }
    }

    /// libcurl's own limit on slow answers acts late, and never if a byte arrives now and then.
    private func endStalled(at now: ContinuousClock.Instant) {
        for transfer in active.values {
            guard let job = transfer.job, transfer.stillness(at: now) >= .seconds(job.idle) else { continue }
            transfer.lot?.outbox.sender.settings.debug?(transfer.accountOfStall(job))
            finish(transfer, .failed(.stalled(job, hadBegun: transfer.progress.headerBytes > 0)))
        }
        nextStallCheck = now + Self.stallCheck
    }

    private func finish(_ transfer: Transfer, _ outcome: Arrival.Outcome) {
        guard let job = transfer.job, let lot = transfer.lot else { return }
        let now = clock.now
        lot.add(Arrival(number: job.number, outcome: outcome, seconds: (now - transfer.began).inSeconds), at: now)
        drop(transfer)
        guard outcome.mayHoldOthersBack else { return }
        // Requests with older permission may not start: they need new permission.
        giveBackWaiting(of: lot.outbox)
        for other in lots.values where other.outbox === lot.outbox { other.hurry() }
    }

    private func drop(_ transfer: Transfer) {
        curl_multi_remove_handle(multi, transfer.easy)
        active[transfer.easy] = nil
        let outbox = transfer.lot?.outbox
        outbox?.active -= 1
        let wrote = transfer.job?.request.form != nil
        transfer.end()
        if !wrote { outbox?.keep(transfer) }
    }

    // MARK: Answers

    private func deliver(at now: ContinuousClock.Instant) {
        for (id, lot) in lots {
            lot.deliver(at: now)
            if lot.isOver { lots[id] = nil }
        }
    }

    /// How long to wait before the next turn, in milliseconds.
    private func patience(at now: ContinuousClock.Instant) -> Int32 {
        var next = now + (active.isEmpty ? .seconds(60) : Self.stallCheck)
        if let due = watch.due { next = min(next, due) }
        for lot in lots.values {
            if let since = lot.gatheringSince { next = min(next, since + lot.gathering) }
            if let alarm = lot.alarm { next = min(next, alarm) }
        }
        return Int32(max(0, ((next - now).inSeconds * 1000).rounded(.up)))
    }
}

extension Arrival.Outcome {
    /// Whether the limiter may make other requests wait because of this answer.
    fileprivate var mayHoldOthersBack: Bool {
        switch self {
        // If Apple refused this token, it would refuse the other requests with it as well.
        case .answer(let answer): answer.status == 401 || answer.status == 429 || answer.status >= 500
        case .failed: true
        case .unsent: false
        }
    }
}

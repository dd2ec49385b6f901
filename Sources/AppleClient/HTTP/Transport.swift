import Records
import Stages

/// Sends requests over HTTP, through a proxy if one is set.
final class Transport: Sendable {
    private let loop: TransferLoop
    /// Nil if it shares the connections of other sources.
    private let own: Network?
    private let sender: Sender
    private let proxies: ProxyChoice
    private let timeouts: Timeouts

    /// - Parameter network: connections shared with other sources; nil opens separate ones.
    convenience init(
        _ settings: SourceSettings,
        environment: [String: String],
        timeouts: Timeouts,
        network: Network?,
        debug: (@Sendable (String) -> Void)?
    ) throws(Failure) {
        try self.init(
            proxy: settings.proxy,
            caFile: settings.caFile,
            connections: settings.maxInFlight + 1,
            environment: environment,
            timeouts: timeouts,
            network: network,
            debug: debug
        )
    }

    /// - Parameters:
    ///   - proxy: nil for the environment's proxy.
    ///   - caFile: nil for the environment's file, otherwise the system's.
    init(
        proxy: String?,
        caFile: String?,
        connections: Int,
        environment: [String: String],
        timeouts: Timeouts,
        network: Network?,
        debug: (@Sendable (String) -> Void)?
    ) throws(Failure) {
        proxies = try ProxyChoice(setting: proxy, environment: environment)
        self.timeouts = timeouts
        let caFile = [caFile, environment["SSL_CERT_FILE"]].compactMap { $0 }.first { !$0.isEmpty }
        if let caFile { try CertificateFile.check(caFile) }
        sender = Sender(
            TransferSettings(timeouts: timeouts, caFile: caFile, connections: connections, debug: debug)
        )
        own = network == nil ? Network() : nil
        guard let loop = (network ?? own)?.loop else { throw OpenFiles.failure }
        self.loop = loop
    }

    deinit { loop.order(.leave(sender)) }

    /// - Parameters:
    ///   - timeLeft: seconds left in the run.
    ///   - idle: seconds without a byte after which the request counts as stalled; nil for no limit.
    func job(_ number: Int, _ request: HTTPRequest, timeLeft: Double?, idle: Double? = nil) -> Job {
        Job(
            number: number,
            request: request,
            proxy: proxies.proxy(for: request),
            seconds: min(timeouts.total, timeLeft ?? timeouts.total),
            idle: min(timeouts.idle, idle ?? timeouts.idle)
        )
    }

    /// Host and port of the proxy that a request goes through; nil for none.
    func proxy(of request: HTTPRequest) -> String? { proxies.proxy(for: request)?.shown }

    /// Sends the requests. The answers arrive in the mailbox, several at a time.
    func start(_ jobs: [Job], _ mailbox: Mailbox, _ start: TransferLoop.Start) {
        loop.order(.start(jobs, mailbox, from: sender, start))
    }

    /// Returns unsent requests to the mailbox as `unsent`.
    func recall(_ mailbox: Mailbox) { loop.order(.recall(mailbox)) }

    func ring(_ mailbox: Mailbox, at moment: ContinuousClock.Instant) {
        loop.order(.ring(mailbox, at: moment, from: sender))
    }

    func cancel(_ mailbox: Mailbox) { loop.order(.cancel(mailbox)) }

    /// Sends one request and waits for its answer.
    ///
    /// - Throws: `NoAnswer`, or `CancellationError`.
    func send(_ request: HTTPRequest, timeLeft: Double?) async throws -> HTTPAnswer {
        let mailbox = Mailbox()
        start([job(0, request, timeLeft: timeLeft)], mailbox, TransferLoop.Start())
        switch await mailbox.take().first?.outcome {
        case .answer(let answer): return answer
        case .failed(let problem): throw problem
        case .unsent, nil:
            cancel(mailbox)
            throw CancellationError()
        }
    }

    /// Ends its own connections. An interrupted run does not wait for that.
    func shutdown() async {
        loop.order(.leave(sender))
        guard own != nil else { return }
        loop.end()
        if !Task.isCancelled { await loop.hasEnded() }
    }
}

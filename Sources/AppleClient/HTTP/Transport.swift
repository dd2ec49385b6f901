import Pipeline
import Records

/// Sends requests over HTTP, through a proxy where one is to be used.
final class Transport: Sendable {
    private let loop: TransferLoop
    private let proxies: ProxyChoice
    private let longest: Double

    init(_ settings: SourceSettings, environment: [String: String], timeouts: Timeouts) throws(Failure) {
        proxies = try ProxyChoice(setting: settings.proxy, environment: environment)
        longest = timeouts.total
        let caFile = [settings.caFile, environment["SSL_CERT_FILE"]].compactMap { $0 }.first { !$0.isEmpty }
        if let caFile { try CertificateFile.check(caFile) }
        let transfers = TransferSettings(timeouts: timeouts, caFile: caFile, connections: settings.maxInFlight + 1)
        guard let loop = TransferLoop(transfers) else { throw OpenFiles.failure }
        self.loop = loop
    }

    deinit { loop.end() }

    /// - Parameter timeLeft: seconds left to the run.
    /// - Throws: `NoAnswer`, or `CancellationError`.
    func send(_ request: HTTPRequest, timeLeft: Double?) async throws -> HTTPAnswer {
        let mailbox = Mailbox()
        let job = Job(
            number: 0,
            request: request,
            proxy: proxies.proxy(scheme: request.scheme, host: request.host),
            seconds: min(longest, timeLeft ?? longest)
        )
        loop.order(.start([job], mailbox))
        let arrivals = await mailbox.take()
        guard let arrival = arrivals.first else {
            loop.order(.cancel(mailbox))
            throw CancellationError()
        }
        switch arrival.outcome {
        case .answer(let answer): return answer
        case .none(let problem): throw problem
        }
    }

    /// Ends all connections. An interrupted run does not wait for it.
    func shutdown() async {
        loop.end()
        if !Task.isCancelled { await loop.hasEnded() }
    }
}

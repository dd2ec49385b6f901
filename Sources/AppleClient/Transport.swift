import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Pipeline
import Records

/// An answer, whatever its status.
struct HTTPAnswer: Sendable {
    let status: Int
    let retryAfter: String?
    private let dateText: String?
    /// Host and port of the proxy that it came through.
    let proxy: String?
    let body: [UInt8]

    init(_ response: HTTPClientResponse, body: [UInt8], proxy: String?) {
        status = Int(response.status.code)
        retryAfter = response.headers.first(name: "retry-after")
        dateText = response.headers.first(name: "date")
        self.proxy = proxy
        self.body = body
    }

    /// What the other side's clock says.
    var date: Timestamp? { dateText.flatMap(HTTPDate.timestamp) }
}

/// How long a request may take.
package struct Timeouts: Sendable {
    let connect: TimeAmount
    /// Without a byte for so long, an answer counts as stalled.
    let idle: TimeAmount
    /// In seconds.
    let total: Double

    /// In seconds.
    package init(connect: Double = 10, idle: Double = 20, total: Double = 120) {
        func amount(_ seconds: Double) -> TimeAmount { .milliseconds(Int64(seconds * 1000)) }
        self.connect = amount(connect)
        self.idle = amount(idle)
        self.total = total
    }
}

/// Sends requests over HTTP, through a proxy where one is to be used. A proxy belongs to a client of
/// async-http-client as a whole, so there is one client per proxy.
struct Transport: Sendable {
    private let straight: HTTPClient
    private let proxied: HTTPClient?
    private let proxies: ProxyChoice
    private let longest: Double

    /// The longest answer that is read: a page of 1,000 devices takes about 1.5 MB.
    private static let bodyLimit = 64 << 20

    init(_ settings: SourceSettings, environment: [String: String], timeouts: Timeouts) throws(Failure) {
        proxies = try ProxyChoice(setting: settings.proxy, environment: environment)
        longest = timeouts.total
        var configuration = HTTPClient.Configuration()
        // A redirect could carry the token to another host.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: timeouts.connect, read: timeouts.idle)
        // The client would try for the whole connect timeout, and then hide the cause.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Spans that nobody collects cost a twentieth of a request.
        configuration.tracing.tracer = nil
        if let file = settings.caFile ?? environment["SSL_CERT_FILE"], !file.isEmpty {
            configuration.tlsConfiguration = try Self.trusting(file)
        }
        // One thread has time for all connections of a source; with more, answers wake each of them.
        let eventLoop = HTTPClient.defaultEventLoopGroup.next()
        straight = HTTPClient(eventLoopGroupProvider: .shared(eventLoop), configuration: configuration)
        configuration.proxy =
            [settings.apiURL, settings.tokenURL].lazy.compactMap { [proxies] in Self.proxy(for: $0, proxies) }.first
        proxied =
            configuration.proxy == nil
            ? nil : HTTPClient(eventLoopGroupProvider: .shared(eventLoop), configuration: configuration)
    }

    private static func trusting(_ file: String) throws(Failure) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        } catch {
            throw Failure(
                .pipelineInvalid,
                "the certificate file \(file) cannot be read: \(error)",
                advice: "ca_file and SSL_CERT_FILE take PEM certificates"
            )
        }
        return tls
    }

    /// - Parameter timeLeft: seconds left to the run.
    /// - Throws: `NoAnswer`, or `CancellationError`.
    func send(_ request: HTTPClientRequest, timeLeft: Double?) async throws -> HTTPAnswer {
        let proxy = proxied == nil ? nil : Self.proxy(for: request.url, proxies).map { "\($0.host):\($0.port)" }
        let client = proxy == nil ? straight : proxied ?? straight
        let seconds = min(longest, timeLeft ?? longest)
        do {
            let response = try await client.execute(request, deadline: .now() + .milliseconds(Int64(seconds * 1000)))
            let body = try await response.body.collect(upTo: Self.bodyLimit)
            return HTTPAnswer(response, body: Array(buffer: body), proxy: proxy)
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            throw NoAnswer(error, host: Self.authority(of: request.url), proxy: proxy)
        }
    }

    private static func proxy(for url: String, _ proxies: ProxyChoice) -> HTTPClient.Configuration.Proxy? {
        proxies.proxy(scheme: url.hasPrefix("https") ? "https" : "http", host: host(of: url))
    }

    /// Ends all connections. An interrupted run does not wait for it: a connection that is still being made, which a
    /// name server can hold up for long, would keep it.
    func shutdown() async {
        let closing = Task { [straight, proxied] in
            try? await straight.shutdown()
            try? await proxied?.shutdown()
        }
        if !Task.isCancelled { await closing.value }
    }

    private static func authority(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return String(url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" })
    }

    static func host(of url: String) -> String {
        let authority = authority(of: url)
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}

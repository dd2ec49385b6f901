import Records
import Stages
import Synchronization

/// Apple's API over HTTP. Sends only GET, and the token request: an API account has all rights, so the client itself
/// must not be able to change anything.
package final class AppleClient: AppleAPI {
    private let settings: SourceSettings
    let transport: Transport
    let tokens: TokenSource
    let limiter: Limiter
    private let patience: Patience
    private let secrets: Secrets
    private let onClose: @Sendable () async -> Void
    private let sent = Atomic<Int>(0)
    private let isEarly: Atomic<Bool>

    package var requestCount: Int { sent.load(ordering: .relaxed) }
    package var maxInFlight: Int { settings.maxInFlight }

    /// Checks the key, the proxy and the certificates. Sends no request yet.
    ///
    /// - Parameters:
    ///   - secrets: values that no message may show; the client adds its tokens.
    ///   - network: connections shared with other sources; nil opens separate ones.
    ///   - cacheFolder: the folder that keeps tokens between runs; nil keeps no token.
    ///   - clock: the time that signed requests carry.
    ///   - debug: receives libcurl's messages about failed transfers. They may quote anything.
    ///   - onClose: stops the server that only this client uses, after its last connection.
    package init(
        _ settings: SourceSettings,
        environment: [String: String],
        secrets: Secrets = Secrets(),
        network: Network? = nil,
        cacheFolder: String?,
        patience: Patience = Patience(),
        timeouts: Timeouts = Timeouts(),
        clock: @escaping @Sendable () -> Timestamp = { .now },
        debug: (@Sendable (String) -> Void)? = nil,
        onClose: @escaping @Sendable () async -> Void = {}
    ) throws(Failure) {
        secrets.add(settings.privateKey.text.reveal)
        if let proxy = settings.proxy { secrets.add(passwordOf: proxy) }
        let key = try PrivateKey(settings.privateKey)
        self.settings = settings
        self.patience = patience
        self.secrets = secrets
        self.onClose = onClose
        isEarly = Atomic(false)
        transport = try Transport(
            settings,
            environment: environment,
            timeouts: timeouts,
            network: network,
            debug: debug
        )
        limiter = Limiter(
            rate: settings.rate,
            maxInFlight: settings.maxInFlight,
            waits: Limiter.Waits(longest: patience.longestWait ?? Double(settings.maxWait.seconds))
        )
        tokens = TokenSource(
            settings,
            key: key,
            transport: transport,
            limiter: limiter,
            secrets: secrets,
            cacheFolder: cacheFolder,
            patience: patience,
            clock: clock
        )
    }

    /// The same client, for a stage that sends requests before its turn.
    private init(ahead client: AppleClient) {
        settings = client.settings
        transport = client.transport
        tokens = client.tokens
        limiter = client.limiter
        patience = client.patience
        secrets = client.secrets
        onClose = {}
        isEarly = Atomic(true)
    }

    package func ahead() -> any AppleAPI { AppleClient(ahead: self) }

    package func takeTurn() { isEarly.store(false, ordering: .relaxed) }

    /// The kind of requester, for the limiter.
    var asker: Limiter.Asker { isEarly.load(ordering: .relaxed) ? .early : .stage }

    package func begin(pace: Double?, deadline: RunDeadline?, lease: (any Lease)?) async {
        await limiter.begin(pace: pace, deadline: deadline, lease: lease)
    }

    package func allow(_ budget: StageBudget?) async { await limiter.allow(budget) }

    package var learnedRate: Double? { get async { await limiter.learned } }

    package var limitsMet: LimitsMet { get async { await limiter.met } }

    package func close() async {
        await transport.shutdown()
        await onClose()
    }

    package func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError) {
        var questions = Questions(self, count: count, patience: tries.map(patience.trying) ?? patience)
        try await questions.ask(target, receive)
    }

    /// Adds to the count of sent requests; a negative number takes back requests that were not sent.
    func count(_ requests: Int) { sent.add(requests, ordering: .relaxed) }

    func url(of target: APITarget) throws(APIError) -> String {
        switch target {
        case .path(let path, let query):
            return settings.url(of: path, query)
        case .link(let link):
            if let refusal = refusal(ofLink: link) { throw refusal }
            return link
        }
    }

    package func refusal(ofLink link: String) -> APIError? {
        // libcurl would resolve dots.
        let path = link.prefix { $0 != "?" }.split(separator: "/")
        return link.hasPrefix(settings.apiURL + "/v1/") && !path.contains("..") && !path.contains(".")
            ? nil
            : APIError(
                .unsafe,
                "Apple's answer links to \(ForeignText(link, hiding: secrets)), which is outside \(settings.apiURL)",
                advice: "axport did not follow the link, because it would send the token there"
            )
    }

    /// The next step after an answer.
    enum Step {
        case done([UInt8])
        case again(APIError)
        case renewToken
        case wait
    }

    func judge(_ answer: HTTPAnswer, _ url: String) throws(APIError) -> Step {
        try Self.judge(answer, url, hiding: secrets)
    }

    static func judge(_ answer: HTTPAnswer, _ url: String, hiding secrets: Secrets) throws(APIError) -> Step {
        func place() -> String { shown(url) }
        func said(
            _ kind: APIError.Kind,
            advice: String? = nil,
            isServerError: Bool = false,
            missing: String? = nil
        ) -> APIError {
            let details = ForeignText(answer.details.joined(separator: "; "), hiding: secrets)
            let explanation = details.description.isEmpty ? "" : ", \(details)"
            return APIError(
                kind,
                "\(place()): HTTP \(answer.status)\(explanation)",
                advice: advice,
                isServerError: isServerError,
                missing: missing,
                detail: details.detail
            )
        }
        switch answer.status {
        case 200:
            do {
                return .done(try TextRepair.json(answer.body))
            } catch {
                return .again(APIError(.unavailable, "\(place()): the answer is not valid JSON (\(error))"))
            }
        case 401: return .renewToken
        case 429: return .wait
        // Gateways send it on connections that were idle for long.
        case 408: return .again(said(.unavailable))
        // Apple has sent 406 for a single resource. With each of these, Apple refuses the request.
        case 400, 405, 406, 409..<429, 430..<500: throw said(.badRequest)
        case 403:
            throw said(.forbidden, advice: "give the API account a role with this right")
        case 404: throw said(.notFound, missing: answer.missingType)
        case 407: throw answer.proxyRefusal(of: place())
        case 300..<400: throw answer.redirection(of: place(), hiding: secrets)
        case 500...:
            return .again(said(.unavailable, isServerError: true))
        default: throw said(.unavailable)
        }
    }

    /// The path without the query: a cursor means nothing to people.
    static func shown(_ url: String) -> String {
        let path = url.prefix { $0 != "?" }
        guard let version = path.firstRange(of: "/v1/") else { return String(path) }
        return "GET \(path[version.lowerBound...])"
    }
}

extension APIError {
    /// Apple refused the token for this resource. It may accept the same token for others.
    static func refusedToken(_ what: String) -> APIError {
        APIError(
            .forbidden,
            "Apple denied a token that it had just issued (401 on \(what))",
            advice: "check that the API account is still active"
        )
    }
}

extension SourceSettings {
    /// The URL of a resource of the API.
    func url(of path: String, _ query: [(name: String, value: String)]) -> String {
        var url = apiURL + path
        for (position, pair) in query.enumerated() {
            url += position == 0 ? "?" : "&"
            url += PercentEncoding.encode(pair.name)
            url += "="
            url += PercentEncoding.encode(pair.value)
        }
        return url
    }
}

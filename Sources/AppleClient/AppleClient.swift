import Records
import Stages
import Synchronization

/// Apple's API over HTTP. Sends GET and nothing else (besides the token request): an API account has all rights, so
/// the client itself must not be able to change anything.
package final class AppleClient: AppleAPI {
    private let settings: SourceSettings
    let transport: Transport
    let tokens: TokenSource
    let limiter: Limiter
    private let patience: Patience
    private let secrets: Secrets
    private let onClose: @Sendable () async -> Void
    private let sent = Atomic<Int>(0)

    package var requestCount: Int { sent.load(ordering: .relaxed) }
    package var maxInFlight: Int { settings.maxInFlight }

    /// Checks key, proxy and certificates; asks nothing yet.
    ///
    /// - Parameters:
    ///   - secrets: what no message may show; the client adds its tokens.
    ///   - cacheFolder: where tokens are kept between runs; nil keeps none.
    ///   - clock: the time that signed requests carry.
    ///   - onClose: ends what the client alone talks to, after its last connection.
    package init(
        _ settings: SourceSettings,
        environment: [String: String],
        secrets: Secrets = Secrets(),
        cacheFolder: String?,
        patience: Patience = Patience(),
        timeouts: Timeouts = Timeouts(),
        clock: @escaping @Sendable () -> Timestamp = { .now },
        onClose: @escaping @Sendable () async -> Void = {}
    ) throws(Failure) {
        secrets.add(settings.privateKey.reveal)
        if let proxy = settings.proxy { secrets.add(passwordOf: proxy) }
        let key = try PrivateKey(pem: settings.privateKey.reveal)
        self.settings = settings
        self.patience = patience
        self.secrets = secrets
        self.onClose = onClose
        transport = try Transport(settings, environment: environment, timeouts: timeouts)
        limiter = Limiter(
            rate: settings.rate,
            maxInFlight: settings.maxInFlight,
            longestWait: patience.longestWait ?? Double(settings.maxWait.seconds)
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

    package func begin(pace: Double?, deadline: RunDeadline?) async {
        await limiter.begin(pace: pace, deadline: deadline)
    }

    package func allow(_ budget: StageBudget?) async { await limiter.allow(budget) }

    package var learnedRate: Double? { get async { await limiter.learned } }

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

    /// Counts requests as sent, or with less than 0 as not sent after all.
    func count(_ requests: Int) { sent.add(requests, ordering: .relaxed) }

    func url(of target: APITarget) throws(APIError) -> String {
        switch target {
        case .path(let path, let query):
            let pairs = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
            return settings.apiURL + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
        case .link(let link):
            if let refusal = refusal(ofLink: link) { throw refusal }
            return link
        }
    }

    package func refusal(ofLink link: String) -> APIError? {
        link.hasPrefix(settings.apiURL + "/v1/")
            ? nil
            : APIError(
                .unsafe,
                "Apple's answer links to \(ForeignText(link, hiding: secrets)), which is not below \(settings.apiURL)",
                advice: "the link was not followed, because the token would go along"
            )
    }

    /// What to do after an answer.
    enum Step {
        case done([UInt8])
        case again(APIError)
        case renewToken
        case wait
    }

    func judge(_ answer: HTTPAnswer, _ url: String) throws(APIError) -> Step {
        func place() -> String { Self.shown(url) }
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
        // 406 has been seen for a single resource. All of these mean that Apple refuses the request.
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

    /// Path only: a cursor means nothing to people.
    static func shown(_ url: String) -> String {
        let path = url.prefix { $0 != "?" }
        guard let version = path.firstRange(of: "/v1/") else { return String(path) }
        return "GET \(path[version.lowerBound...])"
    }
}

extension APIError {
    /// Of this resource: for others the same token may well do.
    static func refusedToken(_ what: String) -> APIError {
        APIError(
            .forbidden,
            "Apple refuses a token that it has just issued (401 on \(what))",
            advice: "check that the API account is still active"
        )
    }
}

extension HTTPAnswer {
    /// Of "There is no resource of type 'orgDevices' with id '…'", the form of Apple's page, the type.
    fileprivate var missingType: String? {
        let beginning = "There is no resource of type '"
        guard let detail = details.first(where: { $0.hasPrefix(beginning) }) else { return nil }
        return String(detail.dropFirst(beginning.count).prefix { $0 != "'" })
    }

    /// Details in Apple's error document.
    fileprivate var details: [String] {
        var details: [String] = []
        let (document, list, entry) = (JSONReader(), JSONReader(), JSONReader())
        try? document.members(body) { member in
            guard member.name == "errors", case .array = member.kind else { return }
            try list.members(member.text) { error in
                try entry.members(error.text) { part in
                    if part.name == "detail", case .string = part.kind { details.append(part.string) }
                }
            }
        }
        return details
    }

    /// An answer that leads elsewhere.
    func redirection(of what: String, hiding secrets: Secrets) -> APIError {
        let target = redirect.map { " to \(ForeignText($0.prefix { $0 != "?" }, hiding: secrets))" } ?? ""
        return APIError(
            .unavailable,
            "\(what): HTTP \(status) redirects\(target)",
            advice:
                "redirects are not followed, because the token would go along; check api_url, token_url and the proxy"
        )
    }

    /// An answer that is the proxy's own.
    func proxyRefusal(of what: String) -> APIError {
        APIError(
            status == 407 ? .credentialsRefused : .unavailable,
            "\(what): \(proxy.map { "the proxy \($0)" } ?? "a proxy") refuses the request (HTTP \(status))",
            advice: status == 407
                ? NoAnswer.passwordAdvice : "check `proxy` of the source and HTTPS_PROXY"
        )
    }
}

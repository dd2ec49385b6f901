import Pipeline
import Records
import Synchronization

/// Apple's API over HTTP. Sends GET and nothing else (besides the token request): an API account has all rights, so
/// the client itself must not be able to change anything.
package final class AppleClient: AppleAPI {
    private let settings: SourceSettings
    private let transport: Transport
    private let tokens: TokenSource
    private let limiter: Limiter
    private let patience: Patience
    private let sent = Atomic<Int>(0)

    package var requestCount: Int { sent.load(ordering: .relaxed) }
    package var maxInFlight: Int { settings.maxInFlight }

    /// Checks key, proxy and certificates; asks nothing yet.
    ///
    /// - Parameters:
    ///   - cacheFolder: where tokens are kept between runs; nil keeps none.
    ///   - clock: the time that signed requests carry.
    package init(
        _ settings: SourceSettings,
        environment: [String: String],
        cacheFolder: String?,
        patience: Patience = Patience(),
        timeouts: Timeouts = Timeouts(),
        clock: @escaping @Sendable () -> Timestamp = { .now }
    ) throws(Failure) {
        let key = try PrivateKey(pem: settings.privateKey.reveal)
        self.settings = settings
        self.patience = patience
        transport = try Transport(settings, environment: environment, timeouts: timeouts)
        limiter = Limiter(
            rate: settings.rate,
            longestWait: patience.longestWait ?? Double(settings.maxWait.seconds)
        )
        tokens = TokenSource(
            settings,
            key: key,
            transport: transport,
            limiter: limiter,
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

    package func close() async { await transport.shutdown() }

    package func get(_ target: APITarget) async throws(APIError) -> [UInt8] {
        try await get(target, tries: patience.attempts)
    }

    package func get(_ target: APITarget, tries: Int) async throws(APIError) -> [UInt8] {
        let url = try url(of: target)
        do {
            return try await get(url, tries: tries)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.cancelled, "interrupted")
        }
    }

    private func url(of target: APITarget) throws(APIError) -> String {
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
                "Apple's answer links to \(link.prefix(200)), which is not below \(settings.apiURL)",
                advice: "the link was not followed, because the token would go along"
            )
    }

    /// A token can be refused through no fault of this request, when another one has just replaced it.
    private static let renewalLimit = 5

    /// What to do after an answer, or after none.
    private enum Step {
        case done([UInt8])
        case again(APIError, NoAnswer.Kind? = nil)
        case renewToken
        case wait(Double?)
    }

    private func get(_ url: String, tries: Int) async throws -> [UInt8] {
        var attempts = Attempts(patience.trying(tries), limiter)
        var renewals = 0
        while true {
            let token = try await tokens.current()
            let turn = try await limiter.turn()
            switch try await ask(url, token, turn) {
            case .done(let body): return body
            case .again(let problem, let kind): try await attempts.wait(after: problem, kind)
            case .wait(let seconds):
                await limiter.refused(turn, retryAfter: seconds)
                try attempts.refused(Self.shown(url))
            case .renewToken:
                guard renewals < Self.renewalLimit else {
                    throw APIError(
                        .credentialsRefused,
                        "Apple refuses a token that it has just issued (401 on \(Self.shown(url)))",
                        advice: "check that the API account is still active"
                    )
                }
                renewals += 1
                await tokens.discard(token)
            }
        }
    }

    private func ask(_ url: String, _ token: Token, _ turn: Limiter.Turn) async throws -> Step {
        let request = HTTPRequest(
            url: url,
            headers: ["Authorization: Bearer \(token.text)", "Accept: application/json"]
        )
        sent.add(1, ordering: .relaxed)
        do {
            let answer = try await transport.send(request, timeLeft: turn.timeLeft)
            if (200..<429).contains(answer.status) {
                await limiter.answered(turn, bytes: answer.body.count)
            } else {
                await limiter.heard()
                if answer.status >= 500, let wait = answer.wait { await limiter.pause(for: wait) }
            }
            return try judge(answer, place: Self.shown(url))
        } catch let problem as NoAnswer {
            if problem.kind == .dropped { await limiter.dropped(turn) }
            return .again(problem.error(of: Self.shown(url)), problem.kind)
        }
    }

    private func judge(_ answer: HTTPAnswer, place: @autoclosure () -> String) throws(APIError) -> Step {
        switch answer.status {
        case 200:
            do {
                return .done(try TextRepair.json(answer.body))
            } catch {
                return .again(APIError(.unavailable, "\(place()): the answer is not valid JSON (\(error))"))
            }
        case 401: return .renewToken
        case 429: return .wait(answer.wait)
        case 400: throw APIError(.badRequest, "\(place()): \(answer.explanation)")
        case 403:
            throw APIError(
                .forbidden,
                "\(place()): \(answer.explanation)",
                advice: "give the API account a role with this right"
            )
        case 404: throw APIError(.notFound, "\(place()): \(answer.explanation)", missing: answer.missingType)
        case 407: throw answer.proxyRefusal(of: place())
        case 300..<400: throw answer.redirection(of: place())
        case 500...:
            return .again(APIError(.unavailable, "\(place()): \(answer.explanation)", isServerError: true))
        default: throw APIError(.unavailable, "\(place()): \(answer.explanation)")
        }
    }

    /// Path only: a cursor says nothing to a person.
    private static func shown(_ url: String) -> String {
        let path = url.prefix { $0 != "?" }
        guard let version = path.firstRange(of: "/v1/") else { return String(path) }
        return "GET \(path[version.lowerBound...])"
    }
}

extension HTTPAnswer {
    /// The status, and what Apple's error document says of it.
    fileprivate var explanation: String {
        let details = details
        return details.isEmpty ? "HTTP \(status)" : "HTTP \(status), \(details.joined(separator: "; "))"
    }

    /// Of "There is no resource of type 'orgDevices' with id '…'", the form of Apple's page, the type.
    fileprivate var missingType: String? {
        let beginning = "There is no resource of type '"
        guard let detail = details.first(where: { $0.hasPrefix(beginning) }) else { return nil }
        return String(detail.dropFirst(beginning.count).prefix { $0 != "'" })
    }

    private var details: [String] {
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
    func redirection(of what: String) -> APIError {
        let target = redirect.map { " to \($0.prefix { $0 != "?" }.prefix(200))" } ?? ""
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

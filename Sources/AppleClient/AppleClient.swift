import AsyncHTTPClient
import NIOCore
import NIOHTTP1
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
    /// - Parameter cacheFolder: where tokens are kept between runs; nil keeps none.
    package init(
        _ settings: SourceSettings,
        environment: [String: String],
        cacheFolder: String?,
        patience: Patience = Patience(),
        timeouts: Timeouts = Timeouts()
    ) throws(Failure) {
        let key = try PrivateKey(pem: settings.privateKey.reveal)
        self.settings = settings
        self.patience = patience
        transport = try Transport(settings, environment: environment, timeouts: timeouts)
        tokens = TokenSource(
            settings,
            key: key,
            transport: transport,
            cacheFolder: cacheFolder,
            patience: patience
        )
        limiter = Limiter(rate: settings.rate)
    }

    package func close() async { await transport.shutdown() }

    package func get(_ target: APITarget) async throws(APIError) -> [UInt8] {
        try await get(target, tries: patience.attempts)
    }

    package func get(_ target: APITarget, tries: Int) async throws(APIError) -> [UInt8] {
        let url = try url(of: target)
        do {
            return try await get(url, tries: min(tries, patience.attempts))
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

    /// What to do after an answer or an error.
    private enum Step {
        case done([UInt8])
        case again(APIError)
        case renewToken(Token)
        case wait(Double)
    }

    private func get(_ url: String, tries: Int) async throws -> [UInt8] {
        var problem = APIError(.unavailable, "no answer")
        var attempts = 0
        var refusals = 0
        var renewals = 0
        while attempts < tries {
            if attempts > 0 { try await patience.wait(beforeAttempt: attempts) }
            let token = try await tokens.current()
            let start = try await limiter.waitForTurn()
            switch try await ask(url, token) {
            case .done(let body):
                await limiter.answered()
                return body
            case .again(let error):
                problem = error
                attempts += 1
            case .renewToken(let refused):
                guard renewals < Self.renewalLimit else {
                    throw APIError(
                        .credentialsRefused,
                        "Apple refuses a token that it has just issued (401 on \(Self.shown(url)))",
                        advice: "check that the API account is still active"
                    )
                }
                renewals += 1
                await tokens.discard(refused)
            case .wait(let seconds):
                refusals += 1
                problem = APIError(
                    .unavailable,
                    "Apple's rate limit was still in force after \(refusals) refusals",
                    advice: "run it again later; `rate` in the source section sets a slower pace"
                )
                guard refusals <= 30, seconds <= patience.longestWait else { throw problem }
                await limiter.refused(startedAt: start, retryAfter: seconds)
            }
        }
        throw problem
    }

    private func ask(_ url: String, _ token: Token) async throws -> Step {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Authorization", value: "Bearer \(token.text)")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "axport")
        sent.add(1, ordering: .relaxed)
        do {
            return try judge(try await transport.send(request), url: url, token: token)
        } catch let error as APIError {
            throw error
        } catch is CancellationError {
            throw APIError(.cancelled, "interrupted")
        } catch {
            if Task.isCancelled { throw APIError(.cancelled, "interrupted") }
            return .again(
                APIError(
                    .unavailable,
                    "\(Self.shown(url)): \(TokenSource.cause(error))",
                    advice: "check network, proxy and DNS; run it again later"
                )
            )
        }
    }

    private func judge(_ answer: HTTPAnswer, url: String, token: Token) throws(APIError) -> Step {
        let place = Self.shown(url)
        switch answer.status {
        case 200:
            do {
                let repaired = TextRepair.repaired(answer.body)
                try repaired.withUnsafeBufferPointer { try JSONReader().validate($0) }
                return .done(repaired)
            } catch {
                return .again(APIError(.unavailable, "\(place): the answer is not valid JSON (\(error))"))
            }
        case 401: return .renewToken(token)
        case 429:
            let seconds = answer.retryAfter.flatMap { RetryAfter.seconds($0, now: .now) }
            return .wait(seconds ?? 5)
        case 400: throw APIError(.badRequest, "\(place): \(answer.explanation)")
        case 403:
            throw APIError(
                .forbidden,
                "\(place): \(answer.explanation)",
                advice: "give the API account a role with this right"
            )
        case 404: throw APIError(.notFound, "\(place): \(answer.explanation)")
        case 500...:
            return .again(APIError(.unavailable, "\(place): \(answer.explanation)", isServerError: true))
        default: throw APIError(.unavailable, "\(place): \(answer.explanation)")
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
        return details.isEmpty ? "HTTP \(status)" : "HTTP \(status), \(details.joined(separator: "; "))"
    }
}

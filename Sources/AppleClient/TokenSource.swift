import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Pipeline
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Gives the bearer token, and gets a new one when it is needed: once for all tasks that wait for it.
actor TokenSource {
    private let settings: SourceSettings
    private let assertion: ClientAssertion
    private let transport: Transport
    private let file: TokenFile?
    private let patience: Patience
    private var token: Token?
    private var pending: Task<Token, any Error>?

    init(_ settings: SourceSettings, key: PrivateKey, transport: Transport, cacheFolder: String?, patience: Patience) {
        self.settings = settings
        self.transport = transport
        self.patience = patience
        assertion = ClientAssertion(clientID: settings.clientID, keyID: settings.keyID, key: key)
        file = cacheFolder.map {
            TokenFile(
                folder: $0,
                clientID: settings.clientID,
                keyID: settings.keyID,
                key: key,
                tokenURL: settings.tokenURL
            )
        }
        token = file?.read()
    }

    func current() async throws -> Token {
        if let token, token.isFresh(at: .now) { return token }
        if let pending { return try await pending.value }
        let task = Task { try await self.request() }
        pending = task
        defer { pending = nil }
        let fresh = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        token = fresh
        file?.write(fresh)
        return fresh
    }

    /// A token that Apple refused. Does nothing when another task has replaced it meanwhile.
    func discard(_ refused: Token) {
        guard token?.text == refused.text else { return }
        token = nil
        file?.delete()
    }

    private struct Reply: Decodable {
        let token: String
        /// Seconds.
        let lifetime: Double?

        enum CodingKeys: String, CodingKey {
            case token = "access_token"
            case lifetime = "expires_in"
        }
    }

    private func request() async throws -> Token {
        var problem = APIError(.unavailable, "the token endpoint did not answer")
        for attempt in 0..<patience.attempts {
            if attempt > 0 { try await patience.wait(beforeAttempt: attempt) }
            do {
                let answer = try await transport.send(try tokenRequest())
                if let token = try token(from: answer) { return token }
                problem = APIError(.unavailable, "the token endpoint answered \(answer.status)")
                if answer.status == 429 {
                    let wait = answer.retryAfter.flatMap { RetryAfter.seconds($0, now: .now) } ?? 5
                    try await Task.sleep(for: .seconds(min(wait, patience.longestWait)))
                }
            } catch let error as APIError {
                throw error
            } catch is CancellationError {
                throw APIError(.cancelled, "interrupted")
            } catch {
                problem = APIError(
                    .unavailable,
                    "the token endpoint \(settings.tokenURL) cannot be reached: \(Self.cause(error))",
                    advice: "check network, proxy and DNS"
                )
            }
        }
        throw problem
    }

    private func tokenRequest() throws -> HTTPClientRequest {
        let scope = settings.platform == .school ? "school.api" : "business.api"
        let parameters = [
            ("grant_type", "client_credentials"), ("client_id", settings.clientID),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", try assertion.signed(at: .now)), ("scope", scope),
        ]
        var request = HTTPClientRequest(url: settings.tokenURL)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        let form = parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        request.body = .bytes(ByteBuffer(string: form))
        return request
    }

    /// Nil when it is worth trying again. The body is never shown: it can repeat the assertion.
    private func token(from answer: HTTPAnswer) throws(APIError) -> Token? {
        switch answer.status {
        case 200:
            guard let reply = try? JSONDecoder().decode(Reply.self, from: Data(answer.body)) else { return nil }
            let now = Double(Timestamp.now.microseconds) / 1_000_000
            return Token(text: reply.token, endsAt: now + (reply.lifetime ?? 3600))
        case 400, 401, 403:
            let code = (try? JSONDecoder().decode([String: String].self, from: Data(answer.body)))?["error"]
            throw APIError(
                .credentialsRefused,
                "the token endpoint refuses the API account \(settings.clientID) (\(code ?? String(answer.status)))",
                advice: "check client_id, key_id and private_key: they belong together; check that the key was not "
                    + "revoked, that platform \(settings.platform.rawValue) is right and that this clock is"
            )
        default: return nil
        }
    }

    static func cause(_ error: any Error) -> String {
        let text = "\(error)"
        return text.hasPrefix("HTTPClientError.") ? String(text.dropFirst(16)) : text
    }
}

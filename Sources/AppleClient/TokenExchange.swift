import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The request for a token, and what the answers mean.
struct TokenExchange: Sendable {
    private let settings: SourceSettings
    private let assertion: ClientAssertion
    private let secrets: Secrets
    private let clock: @Sendable () -> Timestamp

    init(_ settings: SourceSettings, key: PrivateKey, secrets: Secrets, clock: @escaping @Sendable () -> Timestamp) {
        self.settings = settings
        self.secrets = secrets
        self.clock = clock
        assertion = ClientAssertion(clientID: settings.clientID, keyID: settings.keyID, key: key)
    }

    /// The token endpoint, for messages.
    var endpoint: String { "the token endpoint \(settings.tokenURL)" }

    func request() throws -> HTTPRequest {
        let scope = settings.platform == .school ? "school.api" : "business.api"
        let signed = try assertion.signed(at: clock())
        secrets.add(signed)
        let parameters = [
            ("grant_type", "client_credentials"), ("client_id", settings.clientID),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", signed), ("scope", scope),
        ]
        return HTTPRequest(
            url: settings.tokenURL,
            // Without the last header, libcurl would wait for "100 Continue" before a long form.
            headers: ["Content-Type: application/x-www-form-urlencoded", "Accept: application/json", "Expect:"],
            form: parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        )
    }

    /// Nil if another attempt may help. The body is never shown: it can repeat the assertion.
    ///
    /// - Parameter hasWorked: whether Apple has given a token for this key before.
    func token(from answer: HTTPAnswer, hasWorked: Bool) throws(APIError) -> Token? {
        switch answer.status {
        case 200:
            do {
                let reply = try TokenReply(answer.body)
                secrets.add(reply.token)
                let now = Double(Timestamp.now.microseconds) / 1_000_000
                return Token(text: reply.token, issuedAt: now, endsAt: now + reply.lifetime)
            } catch {
                throw APIError(
                    .unavailable,
                    "\(endpoint) answered HTTP 200 with \(error.cause)",
                    advice: "check token_url and any proxy or login page between this machine and Apple"
                )
            }
        case 300..<400: throw answer.redirection(of: endpoint, hiding: secrets)
        case 400, 401, 403, 407:
            let code = (try? JSONDecoder().decode(Refusal.self, from: Data(answer.body)))?.error
            if answer.status == 407 || (code == nil && answer.proxy != nil) {
                throw answer.proxyRefusal(of: endpoint)
            }
            let said = code.map { ForeignText($0, hiding: secrets).description }
            throw refusal(said ?? "HTTP \(answer.status)", clockOfApple: answer.date, hasWorked: hasWorked)
        default: return nil
        }
    }

    private struct Refusal: Decodable { let error: String }

    /// Apple gives the same answer for every cause, so this names the likeliest one.
    private func refusal(_ code: String, clockOfApple: Timestamp?, hasWorked: Bool) -> APIError {
        let account = "the token endpoint denied the API account \(settings.clientID) (\(code))"
        if let skew = clockOfApple.map({ ClockSkew(of: clock(), against: $0) }), skew.isTooLarge {
            return APIError(.credentialsRefused, "\(account), and \(skew)", advice: ClockSkew.advice)
        }
        if hasWorked {
            return APIError(
                .credentialsRefused,
                "\(account), which it accepted before: the key has probably been revoked",
                advice:
                    "check the API account in Apple Business Manager or Apple School Manager, and create a new key there"
            )
        }
        return APIError(
            .credentialsRefused,
            account,
            advice: "check that client_id, key_id and private_key belong together, that the key was not revoked, "
                + "and that platform: \(settings.platform.rawValue) and this machine's clock are right"
        )
    }
}

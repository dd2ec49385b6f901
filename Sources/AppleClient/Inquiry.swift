import Records
import Stages

/// Single requests that show what works on the way to Apple. None is repeated, and no token is kept.
package struct Inquiry: Sendable {
    private let settings: SourceSettings
    private let transport: Transport
    private let secrets: Secrets
    private let clock: @Sendable () -> Timestamp

    /// A token, for requests to the API.
    package struct Access: Sendable { fileprivate let token: Token }

    /// - Throws: if the proxy or the file of certificates cannot be used.
    package init(
        _ settings: SourceSettings,
        environment: [String: String],
        secrets: Secrets,
        network: Network?,
        timeouts: Timeouts = Timeouts(connect: 8, idle: 10, total: 12),
        clock: @escaping @Sendable () -> Timestamp = { .now }
    ) throws(Failure) {
        self.settings = settings
        self.secrets = secrets
        self.clock = clock
        secrets.add(settings.privateKey.text.reveal)
        if let proxy = settings.proxy { secrets.add(passwordOf: proxy) }
        transport = try Transport(
            settings,
            environment: environment,
            timeouts: timeouts,
            network: network,
            debug: nil
        )
    }

    /// Whether the token endpoint answers at all, whatever it says: the request has no credentials.
    package func reach(within seconds: Double) async throws -> Contact {
        let request = HTTPRequest(url: settings.tokenURL, headers: ["Accept: application/json"])
        return try await contact(
            request,
            seconds,
            what: "the token endpoint \(settings.tokenURL) cannot be reached"
        ) { _ in
            .answered([])
        }
    }

    /// Requests a token.
    package func token(_ key: PrivateKey, within seconds: Double) async throws -> (contact: Contact, access: Access?) {
        let exchange = TokenExchange(settings, key: key, secrets: secrets, clock: clock)
        var access: Access?
        let contact = try await contact(
            exchange.request(),
            seconds,
            what: "\(exchange.endpoint) cannot be reached"
        ) { answer in
            do throws(APIError) {
                if let token = try exchange.token(from: answer, hasWorked: false) {
                    access = Access(token: token)
                    return .answered([])
                }
            } catch {
                return .failed(error)
            }
            if answer.status == 429 { return .limited(answer.wait) }
            return .failed(
                APIError(
                    .unavailable,
                    "\(exchange.endpoint) answers HTTP \(answer.status)",
                    advice: "run again later",
                    isServerError: answer.status >= 500
                )
            )
        }
        return (contact, access)
    }

    /// Asks for a resource of the API.
    ///
    /// - Parameter path: begins with `/v1`.
    package func get(
        _ path: String,
        query: [(name: String, value: String)],
        with access: Access,
        within seconds: Double
    ) async throws -> Contact {
        let url = settings.url(of: path, query)
        let request = HTTPRequest(
            url: url,
            headers: ["Authorization: Bearer \(access.token.text)", "Accept: application/json"]
        )
        return try await contact(request, seconds, what: AppleClient.shown(url)) { answer in
            do throws(APIError) {
                switch try AppleClient.judge(answer, url, hiding: secrets) {
                case .done(let body): return .answered(body)
                case .wait: return .limited(answer.wait)
                case .again(let error): return .failed(error)
                case .renewToken: return .failed(.refusedToken(AppleClient.shown(url)))
                }
            } catch {
                return .failed(error)
            }
        }
    }

    private func contact(
        _ request: HTTPRequest,
        _ seconds: Double,
        what: String,
        _ judge: (HTTPAnswer) -> Contact.End
    ) async throws -> Contact {
        func made(_ end: Contact.End, _ skew: ClockSkew? = nil, failing step: ContactStep? = nil) -> Contact {
            Contact(
                host: request.authority,
                proxy: transport.proxy(of: request),
                isEncrypted: request.scheme == "https",
                failedStep: step,
                skew: skew,
                end: end
            )
        }
        do {
            let answer = try await transport.send(request, timeLeft: seconds)
            let skew = answer.date.map { ClockSkew(of: clock(), against: $0) }
            return made(judge(answer), skew)
        } catch let problem as NoAnswer {
            return made(.failed(problem.error(of: what)), failing: problem.step)
        }
    }
}

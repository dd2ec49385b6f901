import Records
import Stages

/// Sends texts to other servers than Apple's, such as those that receive notices. The rules are those of requests to
/// Apple: no redirects, TLS 1.2 or later, and the proxy from the environment.
package final class Poster: Sendable {
    private let transport: Transport

    /// - Parameter environment: the values of HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE.
    package init(environment: [String: String]) throws(Failure) {
        let timeouts = Timeouts(connect: 10, idle: 30, total: 30)
        transport = try Transport(
            proxy: nil,
            caFile: nil,
            connections: 1,
            environment: environment,
            timeouts: timeouts,
            network: nil,
            debug: nil
        )
    }

    /// - Parameters:
    ///   - url: a secret; failures show only its host.
    ///   - type: the value of the header Content-Type.
    /// - Throws: if the server does not accept the text.
    package func post(_ text: String, as type: String, to url: Secret, within seconds: Double) async throws(Failure) {
        // With Expect, libcurl would wait a second for servers that do not know it.
        let request = HTTPRequest(url: url.reveal, headers: ["Content-Type: \(type)", "Expect:"], form: text)
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(request, timeLeft: seconds)
        } catch let problem as NoAnswer {
            throw problem.failure(of: request)
        } catch {
            throw Failure(.sourceUnavailable, "there was no answer in time", advice: Self.networkAdvice)
        }
        let advice: String
        switch answer.status {
        case 200..<300: return
        case 300..<400: advice = "write the URL that it redirects to; redirects are not followed"
        case 500...: advice = "check that server, or ask its administrator"
        default: advice = "check the URL, and whether it is still valid there"
        }
        throw Failure(.sourceUnavailable, "the answer is HTTP \(answer.status)", advice: advice)
    }

    fileprivate static let networkAdvice = "check the network, DNS, the firewall, and HTTPS_PROXY of this machine"
}

extension NoAnswer {
    fileprivate func failure(of request: HTTPRequest) -> Failure {
        let advice =
            switch kind {
            case .unconnected, .dropped, .late: Poster.networkAdvice
            case .unauthorized: Self.passwordAdvice
            case .permanent:
                "check the URL and this machine's clock; if a proxy inspects TLS, set its certificate authority with SSL_CERT_FILE"
            }
        // The message quotes a URL that libcurl cannot read.
        return Failure(.sourceUnavailable, cause.replacing(request.url.prefix(200), with: request.host), advice: advice)
    }
}

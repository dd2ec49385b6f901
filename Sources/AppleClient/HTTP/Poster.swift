import Records
import Stages

/// Sends texts to servers that are not Apple's, such as those that are told of a run, as requests to Apple are sent: no
/// redirect is followed, TLS 1.2 is the least, and the proxy is the one that the environment names.
package final class Poster: Sendable {
    private let transport: Transport

    /// - Parameter environment: HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE.
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
    ///   - url: which no failure shows, but for the host.
    ///   - type: as the header Content-Type has it.
    /// - Throws: unless it was taken.
    package func post(_ text: String, as type: String, to url: Secret, within seconds: Double) async throws(Failure) {
        // Expect would have libcurl wait a second for servers that do not know it.
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
        // A URL that libcurl cannot read is quoted.
        return Failure(.sourceUnavailable, cause.replacing(request.url.prefix(200), with: request.host), advice: advice)
    }
}

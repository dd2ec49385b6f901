import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Pipeline

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a request got no answer, in words.
struct NoAnswer: Error {
    enum Kind {
        /// It did not get as far as the other side.
        case unconnected
        /// The connection ended under it.
        case dropped
        /// Nothing came in time.
        case late
        /// Trying again cannot help.
        case permanent
        /// The proxy wants a password.
        case unauthorized
    }
    let kind: Kind
    let cause: String
    let advice: String

    /// - Parameters:
    ///   - host: host and port of the request.
    ///   - proxy: host and port of the proxy in front of it.
    init(_ error: any Error, host: String, proxy: String?) {
        let other = proxy.map { "the proxy \($0)" } ?? host
        let checkRoute =
            proxy == nil
            ? "check network, DNS and firewall; run it again later" : "check `proxy` of the source and HTTPS_PROXY"
        func make(_ kind: Kind, _ cause: String, _ advice: String? = nil) -> NoAnswer {
            NoAnswer(kind: kind, cause: cause, advice: advice ?? checkRoute)
        }
        switch error {
        case let error as NIOConnectionError: self = make(.unconnected, Self.text(error, other))
        case let error as IOError where Self.connecting.contains(error.errnoCode):
            self = make(.unconnected, Self.text(error, other))
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError:
            self = make(.permanent, "TLS with \(host) fails: \(error)", Self.certificateAdvice)
        case let error as HTTPClientError:
            self =
                switch error {
                case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
                    make(.unconnected, "no connection to \(other) in time")
                case .httpProxyHandshakeTimeout: make(.unconnected, "\(other) does not answer")
                case .proxyAuthenticationRequired:
                    make(.unauthorized, "\(other) wants a name and a password (407)", Self.passwordAdvice)
                case .invalidProxyResponse: make(.permanent, "\(other) refuses to connect to \(host)")
                case .readTimeout, .deadlineExceeded: make(.late, "\(host) sent no answer in time")
                case .remoteConnectionClosed: make(.dropped, "\(host) closed the connection under the request")
                default: make(.dropped, "\(host): \(String("\(error)".dropFirst("HTTPClientError.".count)))")
                }
        default: self = make(.dropped, "\(host): \(error)")
        }
    }

    private init(kind: Kind, cause: String, advice: String) {
        self.kind = kind
        self.cause = cause
        self.advice = advice
    }

    static let passwordAdvice = "write them into the proxy's URL: http://name:password@host:port"
    private static let certificateAdvice =
        "where a proxy inspects TLS, name its authority with `ca_file` of the source or SSL_CERT_FILE"

    /// What connect(2) fails with.
    private static let connecting = [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT]

    private static func text(_ error: IOError, _ other: String) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "\(other) refuses the connection"
        case ENETUNREACH, EHOSTUNREACH: "there is no route to \(other)"
        default: "no connection to \(other) in time"
        }
    }

    private static func text(_ error: NIOConnectionError, _ other: String) -> String {
        if let failure = error.connectionErrors.lazy.compactMap({ $0.error as? IOError }).first {
            return text(failure, other)
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil {
            return "\(other) cannot be found: DNS knows no such name, or does not answer"
        }
        return "no connection to \(other)"
    }

    /// As the error of a request.
    ///
    /// - Parameter what: what was asked for.
    func error(of what: String) -> APIError {
        APIError(kind == .unauthorized ? .credentialsRefused : .unavailable, "\(what): \(cause)", advice: advice)
    }
}

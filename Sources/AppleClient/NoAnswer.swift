import CCurl
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a request got no answer, in our words: a library's messages quote sent data, and they change.
struct NoAnswer: Error {
    enum Kind {
        /// The request did not reach the other side.
        case unconnected
        /// The connection ended during the request.
        case dropped
        /// No data arrived in time.
        case late
        /// Trying again cannot help.
        case permanent
        /// The proxy requires a password.
        case unauthorized
    }
    let kind: Kind
    let cause: String
    let advice: String
    /// What did not succeed.
    private(set) var step = ContactStep.answer
    /// Whether bytes of an answer arrived: then no limit on requests left this one unanswered.
    private(set) var hadBegun = false

    init(_ kind: Kind, _ cause: String, _ advice: String) {
        self.kind = kind
        self.cause = cause
        self.advice = advice
    }

    /// - Parameters:
    ///   - result: libcurl's result for the request.
    ///   - wasTrusted: whether TLS with this host has worked before.
    init(_ result: CURLcode, _ transfer: Transfer, _ job: Job, wasTrusted: Bool) {
        let route = Route(job)
        let host = route.host
        switch result {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST:
            self.init(
                .unconnected,
                "\(route.next) cannot be found: DNS does not know the name or does not answer",
                route.advice
            )
        case CURLE_COULDNT_CONNECT: self = Self.unconnected(transfer.systemError, route)
        case CURLE_OPERATION_TIMEDOUT:
            self =
                transfer.progress.isUnderWay
                ? .stalled(job, hadBegun: false)
                : NoAnswer(.unconnected, "the connection to \(route.next) timed out", route.advice)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED:
            self = TLSProblem(result, transfer, wasTrusted: wasTrusted).noAnswer(route)
        case CURLE_WRITE_ERROR where transfer.progress.excess != nil:
            let part = transfer.progress.excess == .body ? "is larger than 64 MB" : "has more than 256 kB of headers"
            self.init(.permanent, "\(host): the answer \(part)", route.advice)
        case _ where transfer.progress.unasked != nil:
            self.init(.dropped, "\(host) sent an answer before the request", route.advice)
        case CURLE_URL_MALFORMAT,
            CURLE_UNSUPPORTED_PROTOCOL where !transfer.progress.isUnderWay:
            self.init(
                .permanent,
                "\(job.request.url.prefix(200)) is not a valid address",
                "check api_url and token_url"
            )
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            self.init(.dropped, "\(host) answered with something that is not HTTP", route.advice)
        case CURLE_BAD_CONTENT_ENCODING:
            self.init(.dropped, "\(host): the answer is compressed and cannot be read", route.advice)
        case CURLE_OUT_OF_MEMORY where transfer.progress.isUnderWay:
            // libcurl's limit of a line, 100 kB.
            self.init(.permanent, "\(host): the answer has a header line that is too long", route.advice)
        case CURLE_OUT_OF_MEMORY: self = .noMemory
        case _ where transfer.proxyStatus >= 300: self = Self.refused(by: transfer.proxyStatus, route)
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            self.init(.dropped, "\(host) closed the connection during the request", route.advice)
        default:
            // For example, a kept connection had died.
            self.init(.dropped, "the connection to \(host) broke", route.advice)
        }
        step = Self.step(result, transfer)
        hadBegun = transfer.progress.headerBytes > 0 || transfer.progress.unasked != nil
    }

    private static func step(_ result: CURLcode, _ transfer: Transfer) -> ContactStep {
        switch result {
        case CURLE_URL_MALFORMAT, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST: .name
        case CURLE_COULDNT_CONNECT: .connection
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED:
            .encryption
        case _ where transfer.proxyStatus >= 300 || !transfer.progress.isUnderWay: .connection
        default: .answer
        }
    }

    /// No data arrived for this long, or the answer was incomplete at the end.
    static func stalled(_ job: Job, hadBegun: Bool) -> NoAnswer {
        let route = Route(job)
        var problem = NoAnswer(.late, "\(route.host) sent no answer in time", route.advice)
        problem.hadBegun = hadBegun
        return problem
    }

    static let closed = NoAnswer(.permanent, "axport closed the connection", "run again")
    static let noMemory = NoAnswer(
        .permanent,
        "there is not enough memory for the request",
        "give the machine more memory"
    )
    static let passwordAdvice = "put name and password into the proxy's URL: http://name:password@host:port"

    private static func unconnected(_ error: Int32, _ route: Route) -> NoAnswer {
        switch error {
        case EMFILE, ENFILE: NoAnswer(.permanent, OpenFiles.cause, OpenFiles.advice)
        case ECONNREFUSED: NoAnswer(.unconnected, "\(route.next) refused the connection", route.advice)
        case ENETUNREACH, EHOSTUNREACH: NoAnswer(.unconnected, "no route to \(route.next)", route.advice)
        case EACCES, EPERM:
            NoAnswer(.unconnected, "a firewall on this machine blocks connections to \(route.next)", route.advice)
        case ETIMEDOUT: NoAnswer(.unconnected, "the connection to \(route.next) timed out", route.advice)
        default: NoAnswer(.unconnected, "no connection to \(route.next)", route.advice)
        }
    }

    private static func refused(by status: Int, _ route: Route) -> NoAnswer {
        if status == 407 {
            return NoAnswer(.unauthorized, "\(route.next) requires a name and a password (407)", passwordAdvice)
        }
        // A gateway's own problem may soon be over.
        return NoAnswer(
            status >= 500 ? .unconnected : .permanent,
            "\(route.next) refused to connect to \(route.host) (HTTP \(status))",
            route.advice
        )
    }

    /// The failure as the error of a request.
    ///
    /// - Parameter what: the requested resource.
    func error(of what: String) -> APIError {
        APIError(kind == .unauthorized ? .credentialsRefused : .unavailable, "\(what): \(cause)", advice: advice)
    }
}

/// The connection's route, for messages.
struct Route {
    /// Host and port of the request.
    let host: String
    /// Host and port of the connection: those of the proxy, or of the host itself.
    let next: String
    let advice: String

    init(_ job: Job) {
        host = job.request.authority
        next = job.proxy.map { "the proxy \($0.shown)" } ?? host
        advice =
            job.proxy == nil
            ? "check network, DNS and firewall; run again later" : "check `proxy` of the source and HTTPS_PROXY"
    }
}

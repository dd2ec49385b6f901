import Records

/// An answer with any status.
struct HTTPAnswer: Sendable {
    let status: Int
    let retryAfter: String?
    /// The target of a redirect. We never follow it: it could carry the token to another host.
    let redirect: String?
    /// Host and port of the proxy that passed the answer on.
    let proxy: String?
    /// The body without a byte-order mark. JSON may not begin with one, but some gateways send it.
    let body: [UInt8]
    private let dateText: String?

    init(
        status: Int,
        retryAfter: String? = nil,
        date: String? = nil,
        redirect: String? = nil,
        proxy: String? = nil,
        body: [UInt8]
    ) {
        self.status = status
        self.retryAfter = retryAfter
        self.redirect = redirect
        self.proxy = proxy
        dateText = date
        let hasMark = body.starts(with: [0xEF, 0xBB, 0xBF])
        self.body = hasMark ? Array(body.dropFirst(3)) : body
    }

    /// The time of the server's clock.
    var date: Timestamp? { dateText.flatMap(HTTPDate.timestamp) }
}

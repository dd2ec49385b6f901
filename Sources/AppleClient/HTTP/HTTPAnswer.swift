import Records

/// An answer with any status.
struct HTTPAnswer: Sendable {
    let status: Int
    let retryAfter: String?
    /// Where a redirect leads, which is never followed: it could carry the token to another host.
    let redirect: String?
    /// Host and port of the proxy that it came through.
    let proxy: String?
    /// Without a byte-order mark, which no JSON may begin with and some gateways send.
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

    /// The time on the server's clock.
    var date: Timestamp? { dateText.flatMap(HTTPDate.timestamp) }
}

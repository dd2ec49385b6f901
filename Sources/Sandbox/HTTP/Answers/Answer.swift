import Hummingbird

/// A reply before it is sent.
struct Answer {
    enum Delivery {
        case whole, reset, truncated
        /// The connection is reset before the first byte.
        case never
    }

    var status: Int
    var body: [UInt8]
    var contentType = "application/json"
    var retryAfter: String?
    var delivery = Delivery.whole
    /// Whether the request exceeded the rate limit.
    var isOverLimit = false

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    init(status: Int, text: String, contentType: String = "application/json", retryAfter: String? = nil) {
        self.init(status: status, body: Array(text.utf8))
        self.contentType = contentType
        self.retryAfter = retryAfter
    }

    func response(_ context: SandboxContext) -> Response {
        var headers: HTTPFields = [.contentType: contentType]
        headers[.retryAfter] = retryAfter
        let buffer = ByteBuffer(bytes: body)
        let content: ResponseBody =
            switch delivery {
            case .whole, .never: ResponseBody(byteBuffer: buffer)
            case .reset: BrokenBody.body(buffer, .reset, on: context.channel)
            case .truncated: BrokenBody.body(buffer, .close, on: context.channel)
            }
        return Response(status: .init(code: status), headers: headers, body: content)
    }
}

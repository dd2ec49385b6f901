import CCurl
import Dispatch

/// One request on a new connection, and the whole answer.
struct Exchange: Sendable {
    private(set) var status = 0
    /// Names in lower case, each with its first value.
    private(set) var headers: [String: String] = [:]
    private(set) var body: [UInt8] = []
    /// Whether the answer came to its end.
    private(set) var hasEnded = false

    static func send(
        _ method: String,
        _ url: String,
        headers: [(String, String)],
        body: String? = nil,
        seconds: Int = 20,
        certificates: String? = nil
    ) async -> Exchange {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let running = Running(method, url, headers, body, seconds, certificates)
                continuation.resume(returning: running.perform())
            }
        }
    }

    private final class Running {
        private let easy = curl_easy_init()
        private var lines: UnsafeMutablePointer<curl_slist>?
        private var body: [UInt8] = []

        init(
            _ method: String,
            _ url: String,
            _ headers: [(String, String)],
            _ body: String?,
            _ seconds: Int,
            _ certificates: String?
        ) {
            for (name, value) in headers { lines = curl_slist_append(lines, "\(name): \(value)") }
            ccurl_set_text(easy!, CURLOPT_URL, url)
            ccurl_set_text(easy!, CURLOPT_PROXY, "")
            ccurl_set_number(easy!, CURLOPT_NOSIGNAL, 1)
            ccurl_set_number(easy!, CURLOPT_TIMEOUT, seconds)
            ccurl_set_number(easy!, CURLOPT_PATH_AS_IS, 1)
            if let certificates { ccurl_set_text(easy!, CURLOPT_CAINFO, certificates) }
            if let body { ccurl_set_text(easy!, CURLOPT_COPYPOSTFIELDS, body) }
            ccurl_set_text(easy!, CURLOPT_CUSTOMREQUEST, method)
            // What libcurl would add by itself.
            for name in ["Accept", "Content-Type"] where !headers.contains(where: { $0.0 == name }) {
                lines = curl_slist_append(lines, "\(name):")
            }
            ccurl_set_list(easy!, CURLOPT_HTTPHEADER, lines)
            ccurl_set_pointer(easy!, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
            ccurl_set_bytes(easy!, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                let running = Unmanaged<Running>.fromOpaque(context!).takeUnretainedValue()
                running.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
                return size * count
            }
        }

        deinit {
            curl_easy_cleanup(easy)
            curl_slist_free_all(lines)
        }

        func perform() -> Exchange {
            var exchange = Exchange()
            exchange.hasEnded = curl_easy_perform(easy) == CURLE_OK
            exchange.status = ccurl_number(easy!, CURLINFO_RESPONSE_CODE)
            exchange.body = body
            var header: UnsafeMutablePointer<curl_header>?
            while let next = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, header) {
                let name = String(cString: next.pointee.name).lowercased()
                exchange.headers[name] = exchange.headers[name] ?? String(cString: next.pointee.value)
                header = next
            }
            return exchange
        }
    }
}

import CCurl
import Stages

/// The URL of one of libcurl's easy handles. Belongs to the loop's thread.
///
/// libcurl takes apart, encodes and prints a whole URL for every request: a quarter of its instructions for a small one.
/// Here it keeps the parsed origin, and only the request target changes.
final class TransferAddress {
    private let easy: UnsafeMutableRawPointer
    /// The root of an origin, or a whole URL. Nil if memory is short.
    private let parsed: OpaquePointer?
    /// The root in `parsed`; empty if it is a whole URL.
    private var root = ""

    init(of easy: UnsafeMutableRawPointer) {
        self.easy = easy
        parsed = curl_url()
    }

    /// Free the easy handle first.
    deinit { curl_url_cleanup(parsed) }

    /// - Parameter proxy: an HTTP proxy needs the whole URL.
    func set(_ request: HTTPRequest, through proxy: ProxyAddress?) {
        if proxy == nil, setTarget(of: request) { return }
        ccurl_set_text(easy, CURLOPT_REQUEST_TARGET, nil)
        parse(request.url)
        root = ""
    }

    /// - Returns: false if the URL cannot be sent as it is.
    private func setTarget(of request: HTTPRequest) -> Bool {
        var url = request.url
        guard url.withUTF8(Self.isSentAsItIs) else { return false }
        if root.isEmpty || !url.utf8.starts(with: root.utf8) {
            let found = "\(request.scheme)://\(request.authority)/"
            guard url.utf8.starts(with: found.utf8), parse(found) else { return false }
            root = found
        }
        let slash = root.utf8.count - 1
        return url.withCString { ccurl_set_text(easy, CURLOPT_REQUEST_TARGET, $0 + slash) } == CURLE_OK
    }

    @discardableResult
    private func parse(_ url: String) -> Bool {
        guard let parsed, curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK else {
            // libcurl then fails the request, and says why.
            ccurl_set_url(easy, nil)
            ccurl_set_text(easy, CURLOPT_URL, url)
            return false
        }
        ccurl_set_url(easy, parsed)
        return true
    }

    /// Whether a URL needs no encoding, has no fragment, and no `/./` or `/../` to resolve.
    private static func isSentAsItIs(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        var last: UInt8 = 0
        for byte in url {
            guard byte > UInt8(ascii: " "), byte < 0x7F, byte != UInt8(ascii: "#"), byte != UInt8(ascii: "\\"),
                last != slash || byte != UInt8(ascii: ".")
            else { return false }
            last = byte
        }
        return true
    }

    /// The URL that a `Location` header in the answer to a request means, or the header's text if that is none; nil if
    /// it is empty.
    static func resolve(_ location: String, against url: String) -> String? {
        if location.isEmpty { return nil }
        let parsed = curl_url()
        var text: UnsafeMutablePointer<CChar>?
        defer {
            curl_free(text)
            curl_url_cleanup(parsed)
        }
        guard let parsed, curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
            curl_url_set(parsed, CURLUPART_URL, location, 0) == CURLUE_OK,
            curl_url_get(parsed, CURLUPART_URL, &text, 0) == CURLUE_OK, let text
        else { return location }
        return String(cString: text)
    }
}

import CCurl
import Stages

/// The URL of one of libcurl's easy handles. Belongs to the loop's thread.
///
/// libcurl takes apart, encodes and prints a whole URL for every request: a quarter of its instructions for a small one.
/// Here it keeps the parsed origin, and only the request target changes.
final class TransferAddress {
    private let easy: UnsafeMutableRawPointer
    /// The origin, or a whole URL. Nil if memory is short.
    private let parsed: OpaquePointer?
    /// Scheme, host and port in `parsed`; empty if it is a whole URL.
    private var origin = ""

    init(of easy: UnsafeMutableRawPointer) {
        self.easy = easy
        parsed = curl_url()
    }

    /// Free the easy handle first.
    deinit { curl_url_cleanup(parsed) }

    /// - Parameter proxy: an HTTP proxy needs the whole URL.
    func set(_ url: String, through proxy: ProxyAddress?) {
        if proxy == nil, setTarget(of: url) { return }
        ccurl_set_text(easy, CURLOPT_REQUEST_TARGET, nil)
        parse(url)
        origin = ""
    }

    /// - Returns: false if the URL cannot be sent as it is.
    private func setTarget(of url: String) -> Bool {
        var url = url
        if origin.isEmpty || !url.hasPrefix(origin) || url.utf8.dropFirst(origin.utf8.count).first != slash {
            guard let found = Self.origin(of: url), parse(found + "/") else { return false }
            origin = found
        }
        let length = origin.utf8.count
        return url.withUTF8 { Self.isSentAsItIs($0[length...]) }
            && url.withCString { ccurl_set_text(easy, CURLOPT_REQUEST_TARGET, $0 + length) } == CURLE_OK
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

    /// Scheme, host and port as the URL spells them; nil if no path follows.
    private static func origin(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let end = url[scheme.upperBound...].firstIndex { "/?#".contains($0) }
        guard let end, url[end] == "/" else { return nil }
        return String(url[..<end])
    }

    /// Whether a path and query need no encoding, have no fragment, and no `/./` or `/../` to resolve.
    private static func isSentAsItIs(_ target: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var last: UInt8 = 0
        for byte in target {
            guard byte > UInt8(ascii: " "), byte < 0x7F, byte != UInt8(ascii: "#"), byte != UInt8(ascii: "\\"),
                last != slash || byte != UInt8(ascii: ".")
            else { return false }
            last = byte
        }
        return true
    }

    /// The URL that a `Location` header in the answer to a request means, or the header's text if that is none.
    static func resolve(_ location: String, against url: String) -> String {
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

private let slash = UInt8(ascii: "/")

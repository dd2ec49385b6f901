import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What holds for every request of a source.
struct TransferSettings: Sendable {
    let timeouts: Timeouts
    /// PEM file of the only authorities to trust; nil for the system's.
    let caFile: String?
    /// Connections that are kept.
    let connections: Int
    /// Takes what libcurl says of each transfer that fails; nil where nobody wants to know.
    let debug: (@Sendable (String) -> Void)?

    /// Once in a process. SSLKEYLOGFILE would make libcurl write the keys of all connections to a file.
    static let isReady: Bool = {
        unsetenv("SSLKEYLOGFILE")
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    func apply(to easy: UnsafeMutableRawPointer) {
        ccurl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        // libcurl 7.88 ends every request of HTTP/2 with a RST_STREAM, which servers that limit resets answer by
        // GOAWAY; and Apple has been seen to reset streams above 4 at a time.
        ccurl_set_number(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_text(easy, CURLOPT_NOPROXY, "")
        ccurl_set_text(easy, CURLOPT_USERAGENT, "axport")
        ccurl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
        ccurl_set_number(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        ccurl_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(timeouts.connect * 1000)))
        // A look-up that hangs must not hold up the end.
        ccurl_set_number(easy, CURLOPT_QUICK_EXIT, 1)
        ccurl_set_number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        // With a folder of authorities, libcurl reads all of them again for each connection: 630 ms and 860 kB each.
        ccurl_set_text(easy, CURLOPT_CAPATH, nil)
        if let caFile { ccurl_set_text(easy, CURLOPT_CAINFO, caFile) }
    }
}

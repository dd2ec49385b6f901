import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The settings for every request of a source.
struct TransferSettings: Sendable {
    let timeouts: Timeouts
    /// PEM file of the only trusted authorities; nil for the system's.
    let caFile: String?
    /// How many connections are kept open.
    let connections: Int
    /// Receives libcurl's message about each failed transfer; nil to ignore them.
    let debug: (@Sendable (String) -> Void)?

    /// Runs once per process. With SSLKEYLOGFILE, libcurl would write the keys of all connections to a file.
    static let isReady: Bool = {
        unsetenv("SSLKEYLOGFILE")
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    func apply(to easy: UnsafeMutableRawPointer) {
        ccurl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        // libcurl 7.88 ends every HTTP/2 request with RST_STREAM. Servers that limit resets answer with GOAWAY. Apple
        // has also been seen to reset streams above 4 at a time.
        ccurl_set_number(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_text(easy, CURLOPT_NOPROXY, "")
        ccurl_set_text(easy, CURLOPT_USERAGENT, "axport")
        ccurl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
        ccurl_set_number(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        ccurl_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(timeouts.connect * 1000)))
        // A hanging DNS lookup must not delay the end.
        ccurl_set_number(easy, CURLOPT_QUICK_EXIT, 1)
        ccurl_set_number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        // With a folder of authorities, libcurl reads all of them for each connection: 630 ms and 860 kB each.
        ccurl_set_text(easy, CURLOPT_CAPATH, nil)
        if let caFile { ccurl_set_text(easy, CURLOPT_CAINFO, caFile) }
    }
}

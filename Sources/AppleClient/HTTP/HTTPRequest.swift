/// A request to be sent.
struct HTTPRequest: Sendable {
    let url: String
    /// Complete lines: `Name: value`.
    let headers: [String]
    /// The body of a POST; nil for a GET.
    var form: String?

    /// The host, and the port if the URL has one.
    var authority: String { Self.authority(of: url) }
    var host: String { Self.host(of: url) }
    var scheme: String { url.hasPrefix("https:") ? "https" : "http" }

    static func authority(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return String(url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" })
    }

    static func host(of url: String) -> String {
        let authority = authority(of: url)
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}

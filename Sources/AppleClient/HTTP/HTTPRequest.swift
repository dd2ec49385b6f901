/// A request as it goes out.
struct HTTPRequest: Sendable {
    let url: String
    /// Whole lines: `Name: value`.
    let headers: [String]
    /// Sent by POST; nil for a GET.
    var form: String?

    /// Host and port, where one is written.
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

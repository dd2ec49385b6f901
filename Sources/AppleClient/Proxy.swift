import AsyncHTTPClient
import Records

/// Which proxy a request goes through. async-http-client reads no environment, so that is done here.
struct ProxyChoice: Sendable {
    private let https: HTTPClient.Configuration.Proxy?
    private let http: HTTPClient.Configuration.Proxy?
    private let exceptions: [String]

    /// - Parameter setting: `proxy` of the source; it wins over the environment, and NO_PROXY does not apply to it.
    init(setting: String?, environment: [String: String]) throws(Failure) {
        if let setting {
            https = try Self.parse(setting, from: "proxy")
            http = https
            exceptions = []
            return
        }
        func read(_ name: String) throws(Failure) -> HTTPClient.Configuration.Proxy? {
            guard let text = environment[name] ?? environment[name.lowercased()], !text.isEmpty else { return nil }
            return try Self.parse(text, from: name)
        }
        https = try read("HTTPS_PROXY")
        http = try read("HTTP_PROXY")
        exceptions = (environment["NO_PROXY"] ?? environment["no_proxy"] ?? "")
            .split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// Nil: straight to the host.
    func proxy(scheme: String, host: String) -> HTTPClient.Configuration.Proxy? {
        excepts(host.lowercased()) ? nil : scheme == "https" ? https : http
    }

    private func excepts(_ host: String) -> Bool {
        exceptions.contains { rule in
            let domain = rule.hasPrefix(".") ? String(rule.dropFirst()) : rule
            return rule == "*" || host == domain || host.hasSuffix("." + domain)
        }
    }

    private static func parse(_ text: String, from origin: String) throws(Failure) -> HTTPClient.Configuration.Proxy {
        let bare = text.hasPrefix("http://") ? String(text.dropFirst(7)) : text
        let parts = bare.split(separator: "@", maxSplits: 1)
        let address = (parts.last ?? "").prefix { $0 != "/" }
        guard
            !bare.contains("://"), parts.count <= 2, let colon = address.lastIndex(of: ":"),
            let port = Int(address[address.index(after: colon)...]), colon != address.startIndex
        else { throw Failure(.usage, "\(origin): expected a proxy as http://host:port") }
        let host = String(address[..<colon])
        guard parts.count == 2 else { return .server(host: host, port: port) }
        let user = parts[0].split(separator: ":", maxSplits: 1).map(String.init)
        return .server(
            host: host,
            port: port,
            authorization: .basic(username: user[0], password: user.count > 1 ? user[1] : "")
        )
    }
}

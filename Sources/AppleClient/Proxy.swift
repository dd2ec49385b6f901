import Records
import Stages

/// Chooses the proxy of a request. We read the environment in libcurl's place: messages name the proxy, and the
/// source's `proxy` wins.
struct ProxyChoice: Sendable {
    private let https: ProxyAddress?
    private let http: ProxyAddress?
    private let exceptions: [String]

    /// - Parameter setting: the source's `proxy`. It wins over the environment, and NO_PROXY does not apply to it.
    init(setting: String?, environment: [String: String]) throws(Failure) {
        if let setting {
            https = try Self.parse(setting, from: "proxy")
            http = https
            exceptions = []
            return
        }
        // An empty variable counts as unset.
        func set(_ name: String) -> String? {
            [name, name.lowercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        func read(_ name: String) throws(Failure) -> ProxyAddress? {
            guard let text = set(name) else { return nil }
            return try Self.parse(text, from: name)
        }
        https = try read("HTTPS_PROXY")
        http = try read("HTTP_PROXY")
        exceptions = (set("NO_PROXY") ?? "")
            .split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// Nil for a direct connection.
    func proxy(for request: HTTPRequest) -> ProxyAddress? {
        https == nil && http == nil ? nil : proxy(scheme: request.scheme, host: request.host)
    }

    func proxy(scheme: String, host: String) -> ProxyAddress? {
        guard let proxy = scheme == "https" ? https : http else { return nil }
        return excepts(host.lowercased()) ? nil : proxy
    }

    private func excepts(_ host: String) -> Bool {
        exceptions.contains { rule in
            let domain = rule.hasPrefix(".") ? String(rule.dropFirst()) : rule
            return rule == "*" || host == domain || host.hasSuffix("." + domain)
        }
    }

    private static func parse(_ text: String, from origin: String) throws(Failure) -> ProxyAddress {
        guard let proxy = ProxyAddress(text) else {
            throw Failure(.usage, "\(origin): expected a proxy as http://host:port")
        }
        return proxy
    }
}

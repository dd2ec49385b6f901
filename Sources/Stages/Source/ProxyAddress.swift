import Records

/// An HTTP proxy, as `http://name:password@host:port`; name and password are percent-decoded.
package struct ProxyAddress: Sendable, Hashable {
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int
    package let name: String?
    package let password: String

    /// Nil for any other text. Messages never quote it, because it may include a password.
    package init?(_ text: String) {
        let scheme = "http://"
        let bare = text.lowercased().hasPrefix(scheme) ? text.dropFirst(scheme.count) : text[...]
        // A password that was not encoded may contain an @; a host cannot.
        let at = bare.lastIndex(of: "@")
        guard at != nil || !bare.contains("://") else { return nil }
        let place = at.map { bare[bare.index(after: $0)...] } ?? bare
        guard let (host, port) = Self.hostAndPort(place.hasSuffix("/") ? place.dropLast() : place) else { return nil }
        self.host = host
        self.port = port
        guard let at else {
            (name, password) = (nil, "")
            return
        }
        let user = bare[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = PercentEncoding.decode(user[0]), !name.isEmpty,
            let password = PercentEncoding.decode(user.count > 1 ? user[1] : "")
        else { return nil }
        self.name = name
        self.password = password
    }

    /// Host and port, for messages.
    package var shown: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func hostAndPort(_ text: Substring) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            let isAddress = address.contains(":") && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
            return isAddress ? (String(address), port) : nil
        }
        let isName = host.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-._".contains($0) }
        return isName && !host.isEmpty ? (String(host), port) : nil
    }
}

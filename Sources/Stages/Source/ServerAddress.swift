import Records

/// The URL of a server that receives the token or the client assertion.
struct ServerAddress {
    /// The setting with the URL.
    let setting: String
    let url: String

    /// Why the URL is refused. Never quotes it, because it may include a password.
    var problem: Problem? {
        guard let mark = url.firstRange(of: "://") else { return unsafe }
        let scheme = url[..<mark.lowerBound]
        let authority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
        if authority.isEmpty || scheme != "https" && scheme != "http" { return unsafe }
        // `user@` would disguise another host.
        if authority.contains("@") {
            return Problem(
                "\(setting) contains a user or a password",
                hint: "remove what is before the @; the API account's key is the only proof that axport sends"
            )
        }
        if url.unicodeScalars.contains(where: { $0.isControl || $0.properties.isWhitespace }) {
            return Problem("\(setting) contains white space", hint: "remove it")
        }
        let (host, port) = Self.split(authority)
        guard Self.isHost(host) else {
            return Problem(
                "the host in \(setting) is not a host name",
                hint: "expected https://host or https://host:port"
            )
        }
        // The token must not travel unencrypted, except on this machine.
        if scheme == "http", !["127.0.0.1", "localhost", "[::1]"].contains(host) { return unsafe }
        if let port, !(port.allSatisfy { $0.isASCII && $0.isNumber } && (1...65_535).contains(Int(port) ?? 0)) {
            return Problem("the port in \(setting) must lie between 1 and 65535")
        }
        return nil
    }

    /// The problems of the base of all paths.
    var problemOfBase: Problem? {
        if let problem { return problem }
        if let mark = url.first(where: { "?#".contains($0) }) {
            return Problem("\(setting) must not contain \(mark)", hint: "remove it and what follows")
        }
        if url.hasSuffix("/v1") {
            return Problem("\(setting) must not end with /v1", hint: "leave it out; axport adds it to each path")
        }
        return nil
    }

    private var unsafe: Problem {
        Problem("\(setting) must begin with https:// (http:// only for 127.0.0.1, [::1] and localhost)")
    }

    /// The host, with the brackets of an IPv6 address, and the port; nil if there is none.
    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
        let bracket = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let start = bracket ?? authority.startIndex
        guard let colon = authority[start...].firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || ":.%".contains($0) }
        }
        // libcurl encodes international names.
        return !host.isEmpty && host.allSatisfy { !$0.isASCII || $0.isLetter || $0.isNumber || "-._".contains($0) }
    }
}

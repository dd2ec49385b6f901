import Records

/// The token endpoint's answer with a token (AppleClient/README.md section 2.4).
struct TokenReply {
    let token: String
    /// In seconds.
    let lifetime: Double

    /// Why the answer is not a token. Never quotes the answer, which may repeat sent data.
    struct Problem: Error {
        let cause: String
    }

    private static let usualLifetime = 3600.0
    /// No token lives longer than a year, even if the reply says so.
    private static let longestLifetime = 366.0 * 86_400

    init(_ body: [UInt8]) throws(Problem) {
        var token: String?
        var lifetime = Self.usualLifetime
        var problem: Problem?
        do {
            try JSONReader().validate(body)
            try JSONReader().members(body) { member in
                switch (member.name, member.kind) {
                case ("access_token", .string): token = member.string
                case ("expires_in", .number): lifetime = Double(member.string) ?? .nan
                case ("expires_in", .null): break
                case ("expires_in", _): problem = Problem(cause: "an `expires_in` that is not a number")
                default: break
                }
            }
        } catch {
            let isPage = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "<")
            throw Problem(cause: isPage ? "a web page instead of a token" : "something other than JSON")
        }
        if let problem { throw problem }
        guard let token, !token.isEmpty else { throw Problem(cause: "no `access_token`") }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(cause: "a token with characters that a header must not contain")
        }
        guard lifetime > 0 else { throw Problem(cause: "an `expires_in` that is not positive") }
        self.token = token
        self.lifetime = min(lifetime, Self.longestLifetime)
    }
}

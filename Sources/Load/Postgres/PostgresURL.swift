import CLibPQ
import Records
import Stages

/// Where a database is: a URL or `key=value` pairs, as libpq reads them. May hold a password.
struct PostgresURL: SettingValue, CustomStringConvertible {
    private let secret: Secret

    static var typeName: String { "PostgreSQL URL" }
    var description: String { secret.description }
    var reveal: String { secret.reveal }

    init(from node: ConfigNode) throws(Diagnostic) {
        // Not all of it: messages are to name its host.
        secret = try Secret(from: node, hiding: Self.passwords)
        if secret.reveal.isEmpty, node.isWithoutReferences {
            throw Diagnostic("the URL is empty", hint: "to use PGHOST and the like, remove `url`", at: node.location)
        }
        // libpq's own message would repeat the URL.
        guard let parts = Self.parts(of: secret.reveal) else {
            throw Diagnostic(
                "libpq does not accept this URL",
                hint: "expected postgresql://user@host:port/database",
                at: node.location
            )
        }
        if Self.isCutWrong(secret.reveal, parts) {
            throw Diagnostic(
                "the end of the password is not clear",
                hint: "write @ : / in the password as %40 %3A %2F",
                at: node.location
            )
        }
    }

    /// The parts that no message may show.
    private static func passwords(_ text: String) -> [String] {
        let parts = parts(of: text) ?? [:]
        return ["password", "sslpassword"].compactMap { parts[$0] }
    }

    private static func parts(of text: String) -> [String: String]? {
        PostgresOptions.values(PQconninfoParse(text, nil))
    }

    /// Whether part of a URL's password has become something else, which libpq's messages and the server's show: its
    /// password ends at the first `@`, and its host at the first `/`.
    private static func isCutWrong(_ text: String, _ parts: [String: String]) -> Bool {
        guard let scheme = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else { return false }
        if parts["host"]?.contains("@") == true { return true }
        if parts["port"]?.allSatisfy({ "0123456789,".contains($0) }) == false { return true }
        let path = text.dropFirst(scheme.count).prefix { $0 != "?" }.drop { $0 != "/" }
        return path.contains("@")
    }
}

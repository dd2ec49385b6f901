import CLibPQ
import Records
import Stages

/// The address of a database: a URL or `key=value` pairs, as libpq reads them. May contain a password.
package struct PostgresURL: SettingValue, CustomStringConvertible {
    private let secret: Secret

    package static var typeName: String { "PostgreSQL URL" }
    package var description: String { secret.description }
    package var reveal: String { secret.reveal }

    package init(from node: ConfigNode) throws(Diagnostic) {
        // Only the passwords are secret: messages name the host.
        secret = try Secret(from: node, hiding: Self.passwords)
        if node.isUnknown { return }
        if secret.reveal.isEmpty, node.isWithoutReferences {
            throw Diagnostic("the URL is empty", hint: "to use PGHOST and the like, remove `url`", at: node.location)
        }
        guard let parts = Self.parts(of: secret.reveal) else {
            throw Diagnostic(RefusedURL(secret.reveal).problem, at: node.location)
        }
        if Self.isCutWrong(secret.reveal, parts) { throw Diagnostic(Self.unclearPassword, at: node.location) }
    }

    static let schemes = ["postgresql://", "postgres://"]

    static let unclearPassword = Problem(
        "the end of the password is not clear",
        hint: "write @ : / in the password as %40 %3A %2F"
    )

    /// The parts that messages must not show.
    private static func passwords(_ text: String) -> [String] {
        let parts = parts(of: text) ?? [:]
        return ["password", "sslpassword"].compactMap { parts[$0] }
    }

    /// Nil if libpq does not accept the text.
    static func parts(of text: String) -> [String: String]? {
        PostgresOptions.values(PQconninfoParse(text, nil))
    }

    /// Whether a part of a URL's password was parsed as something else, which would appear in messages of libpq and the
    /// server. libpq ends the password at the first `@`, and the host at the first `/`.
    static func isCutWrong(_ text: String, _ parts: [String: String]) -> Bool {
        guard let scheme = schemes.first(where: text.hasPrefix) else { return false }
        if parts["host"]?.contains("@") == true { return true }
        if parts["port"]?.allSatisfy({ "0123456789,".contains($0) }) == false { return true }
        let path = text.dropFirst(scheme.count).prefix { $0 != "?" }.drop { $0 != "/" }
        return path.contains("@")
    }
}

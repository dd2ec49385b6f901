import Records
import Stages

/// What a new pipeline file needs to know. What is nil is left to environment variables and usual places.
struct Answers {
    var platform = Platform.business
    var clientID: String?
    var keyID: String?
    /// The absolute path of the private key.
    var key: String?
    /// The URL of the database, or a reference to a variable with it.
    var database: String?
    /// The absolute path of the folder for files.
    var folder: String?

    static let usualKey = "/etc/axport/private-key.pem"

    /// Whether the database's URL has a password, which belongs in no file that others can read.
    var hasPassword: Bool { database.map(Self.hasPassword) ?? false }

    static func hasPassword(_ url: String) -> Bool {
        if url.contains(/(?i)password\s*=/) { return true }
        guard let start = url.firstRange(of: "://"), !url.contains("${") else { return false }
        let authority = url[start.upperBound...].prefix { $0 != "?" }
        guard let end = authority.lastIndex(of: "@") else { return false }
        return authority[..<end].contains(":")
    }
}

import CLibPQ
import Pipeline
import Records

/// Where a database is: a URL or `key=value` pairs, as libpq reads them. May hold a password.
struct PostgresURL: SettingValue, CustomStringConvertible {
    private let secret: Secret

    static var typeName: String { "PostgreSQL URL" }
    var description: String { secret.description }
    var reveal: String { secret.reveal }

    init(from node: ConfigNode) throws(Diagnostic) {
        secret = try Secret(from: node)
        // libpq's own message would repeat the URL.
        guard let options = PQconninfoParse(secret.reveal, nil) else {
            throw Diagnostic(
                "not a connection that libpq understands; expected postgresql://user@host:port/database",
                at: node.location
            )
        }
        PQconninfoFree(options)
    }

    /// The parts that no message may show.
    var passwords: [String] {
        guard let options = PQconninfoParse(secret.reveal, nil) else { return [] }
        defer { PQconninfoFree(options) }
        var found: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if ["password", "sslpassword"].contains(String(cString: keyword)), let value = option.pointee.val {
                found.append(String(cString: value))
            }
            option += 1
        }
        return found.filter { !$0.isEmpty }
    }
}

/// An error of the server, or of the connection to it.
package struct PostgresError: Error {
    /// The server's SQLSTATE; nil for an error of the connection.
    package let state: String?
    package let message: String
    /// Whether a later attempt may succeed. The default depends on the SQLSTATE.
    package let isTransient: Bool
    package var hint: String?
    /// The server's message without its additions.
    package var words: String?
    /// What the server adds, such as `Key (serial_number)=(C02X) already exists.`
    package var detail: String?
    /// The objects that the server names: a column, a constraint, a domain, a table, and the position in a function.
    package var column, constraint, domain, table, context: String?

    package init(state: String?, _ message: String, hint: String? = nil, isTransient: Bool? = nil) {
        self.state = state
        self.message = message
        self.hint = hint
        self.isTransient = isTransient ?? Self.isTransient(state)
    }

    /// The values of the key that a row repeats, separated by commas. The parentheses are not translated.
    package var keyValues: String? {
        guard let detail, let start = detail.firstRange(of: ")=("), let end = detail.lastIndex(of: ")"),
            start.upperBound <= end
        else { return nil }
        return String(detail[start.upperBound..<end])
    }

    package static let insufficientPrivilege = "42501"
    package static let uniqueViolation = "23505"
    package static let notNullViolation = "23502"
    package static let foreignKeyViolation = "23503"
    package static let checkViolation = "23514"
    package static let exclusionViolation = "23P01"
    package static let untranslatableCharacter = "22P05"
    package static let lockNotAvailable = "55P03"
    package static let queryCanceled = "57014"
    package static let featureNotSupported = "0A000"

    private static func isTransient(_ state: String?) -> Bool {
        guard let state else { return true }
        // Connection exceptions, a serialization failure, a deadlock, a server that starts or stops, one with too many
        // connections.
        return state.hasPrefix("08")
            || ["40001", "40P01", "57P01", "57P02", "57P03", "53300"].contains(state)
    }
}

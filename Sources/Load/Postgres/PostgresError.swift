/// What a server said, or what happened on the way to it.
struct PostgresError: Error {
    /// The server's SQLSTATE; nil if the connection is at fault.
    let state: String?
    let message: String
    /// Whether it may go well a moment later. By default what the state says.
    let isTransient: Bool
    var hint: String?
    /// The server's words without what goes with them.
    var words: String?
    /// What the server names: a column, a constraint, a domain, a table, and where in a function it happened.
    var column, constraint, domain, table, context: String?

    init(state: String?, _ message: String, hint: String? = nil, isTransient: Bool? = nil) {
        self.state = state
        self.message = message
        self.hint = hint
        self.isTransient = isTransient ?? Self.isTransient(state)
    }

    static let insufficientPrivilege = "42501"
    static let uniqueViolation = "23505"
    static let notNullViolation = "23502"
    static let foreignKeyViolation = "23503"
    static let checkViolation = "23514"
    static let exclusionViolation = "23P01"
    static let untranslatableCharacter = "22P05"
    static let lockNotAvailable = "55P03"
    static let queryCanceled = "57014"

    private static func isTransient(_ state: String?) -> Bool {
        guard let state else { return true }
        // Connection exceptions, a serialization failure, a deadlock, a server that goes down or comes up, one with too
        // many connections.
        return state.hasPrefix("08")
            || ["40001", "40P01", "57P01", "57P02", "57P03", "53300"].contains(state)
    }
}

import Records

/// A failure as members of the object that failed: a run or a stage.
enum FailureJSON: String, CodingKey {
    /// The whole text on one line, and its advice alone.
    case error, errorHint
    case errorDetail, errorCode
    /// Numbers of the guard, if a guard refused.
    case `guard`

    static func encode(_ failure: Failure?, to encoder: any Encoder) throws {
        guard let failure else { return }
        var members = encoder.container(keyedBy: Self.self)
        try members.encode(failure.description, forKey: .error)
        try members.encodeIfPresent(failure.advice, forKey: .errorHint)
        try members.encodeIfPresent(failure.detail, forKey: .errorDetail)
        try members.encode(failure.code.rawValue, forKey: .errorCode)
        try members.encodeIfPresent(failure.refusal, forKey: .guard)
    }

    /// - Parameter code: the exit code if the report has none.
    static func decode(from decoder: any Decoder, else code: Outcome? = nil) throws -> Failure? {
        let members = try decoder.container(keyedBy: Self.self)
        guard var message = try members.decodeIfPresent(String.self, forKey: .error) else { return nil }
        let advice = try members.decodeIfPresent(String.self, forKey: .errorHint)
        if let advice, message.hasSuffix("; \(advice)") { message.removeLast(advice.count + 2) }
        let said = try members.decodeIfPresent(Int32.self, forKey: .errorCode).flatMap(Outcome.init)
        var failure = Failure(
            said ?? code ?? .destinationFailed,
            message,
            advice: advice,
            refusal: try members.decodeIfPresent(Refusal.self, forKey: .guard)
        )
        failure.detail = try members.decodeIfPresent(String.self, forKey: .errorDetail)
        return failure
    }
}

/// The requests of `assign apply` that no other command can send. Its client lets exactly one POST path through.
package protocol ActivityAPI: Sendable {
    /// Creates an activity. The request is sent once: it is repeated only if Apple has certainly not accepted it.
    ///
    /// - Parameter document: the JSON of the activity.
    func create(_ document: String) async -> ActivityReply
    /// The result file of an activity. The link is signed, on another host, and gets no token.
    func result(at link: String) async throws(APIError) -> [UInt8]
}

/// What became of a request that creates an activity.
package enum ActivityReply: Sendable {
    /// Apple accepted it; the JSON describes the activity.
    case accepted([UInt8])
    /// Apple has certainly not accepted it.
    case refused(APIError)
    /// Apple limits the requests. Nothing was accepted; `seconds` is how long to wait, if Apple says so.
    case limited(APIError, seconds: Double?)
    /// No answer came, or one that says nothing: Apple may or may not have accepted it.
    case unknown(APIError)
}

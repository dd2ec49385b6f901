/// Why a client assertion is refused. Apple says `invalid_client` to all of them; the statistics know better.
package enum AssertionProblem: String, Error, Sendable, CaseIterable {
    case malformed, algorithm, keyID, signature, clientID, issuer, subject, audience
    case issuedInFuture, expired, livesTooLong, noID, scope
}

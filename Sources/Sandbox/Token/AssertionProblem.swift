/// Why a client assertion is refused. Apple answers all of them with `invalid_client`; the statistics distinguish them.
package enum AssertionProblem: String, Error, Sendable, CaseIterable {
    case malformed, algorithm, keyID, signature, clientID, issuer, subject, audience
    case issuedInFuture, expired, livesTooLong, noID, scope
}

import Records
import Stages

/// The steps of a request, in their order.
package enum ContactStep: Sendable, Comparable, CaseIterable { case name, connection, encryption, answer }

/// How far one request came.
package struct Contact: Sendable {
    package enum End: Sendable {
        case answered([UInt8])
        /// HTTP 429, and the wait that Apple asks for, in seconds, if any.
        case limited(Double?)
        case failed(APIError)
    }

    /// Host and port.
    package let host: String
    /// Host and port of the proxy on the way; nil for a direct connection.
    package let proxy: String?
    /// Whether it uses TLS.
    package let isEncrypted: Bool
    /// The first step that did not succeed; nil if an answer came.
    package let failedStep: ContactStep?
    /// This machine's clock against that of the server; nil if its answer has no time.
    package let skew: ClockSkew?
    package let end: End

    package var isLimited: Bool { if case .limited = end { true } else { false } }
    package var error: APIError? { if case .failed(let error) = end { error } else { nil } }
}

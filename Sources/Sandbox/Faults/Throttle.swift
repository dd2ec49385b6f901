/// The answer to requests over the limit.
package enum Throttle: String, Sendable, CaseIterable {
    case refused = "429"
    case silent = "429-silent"
    case stall, reset

    package var meaning: String {
        switch self {
        case .refused: "status 429, with Retry-After"
        case .silent: "status 429 without Retry-After, also for all requests of the next minute"
        case .stall: "no byte is sent"
        case .reset: "the connection is reset before a byte is sent"
        }
    }

    /// How long `429-silent` refuses all requests.
    static let silence = Duration.seconds(60)
}

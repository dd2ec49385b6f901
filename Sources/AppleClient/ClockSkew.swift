import Records

/// How far this machine's clock is from Apple's.
package struct ClockSkew: Sendable, CustomStringConvertible {
    private let seconds: Int64

    /// A clock that is off by less than this is not the cause of a refusal: Apple tolerates a few minutes.
    private static let tolerable: Int64 = 60
    package static let advice = "set the clock: token requests are signed with the current time"

    package init(of clock: Timestamp, against apple: Timestamp) {
        seconds = (clock.microseconds - apple.microseconds) / 1_000_000
    }

    package var isTooLarge: Bool { abs(seconds) >= Self.tolerable }

    package var description: String {
        let size = abs(seconds)
        let shown =
            switch size {
            case ..<60: "\(size) s"
            case ..<7170: "\(size / 60) min \(size % 60) s"
            default: "\((size + 30) / 3600) h"
            }
        return "this machine's clock is \(shown) \(seconds > 0 ? "ahead of" : "behind") Apple's"
    }
}

import Records

/// A run that finished everything and asked Apple.
package struct RunSuccess: Sendable, Hashable {
    package let endedAt: Timestamp
    package let seconds: Double

    package init(endedAt: Timestamp, seconds: Double) {
        self.endedAt = endedAt
        self.seconds = seconds
    }
}

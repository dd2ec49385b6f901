import Records

/// Times in the inventory come from this machine's clock, which may have been wrong: ahead for one night, or set back
/// between two runs. So always increasing numbers give the order, and a time gives an age only if it is not in the
/// future.
extension Timestamp {
    /// The beginning of the year 1 and the end of 9999, in microseconds.
    private static let years: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A time from the inventory, which somebody may have edited, clamped to the years that dates can have.
    init(stored microseconds: Int64) {
        self.init(microseconds: min(max(microseconds, Self.years.lowerBound), Self.years.upperBound))
    }

    /// Whether the time is not in the future.
    package func isBelievable(at now: Timestamp) -> Bool { self <= now }
}

import Records

/// Times in the inventory come from this machine's clock, which may have been wrong: ahead for one night, or set back
/// between two runs. So the order of things is told by numbers that only grow, and the age of something by its time only
/// where that is not still to come.
extension Timestamp {
    /// The beginning of the year 1 and the end of 9999, in microseconds.
    private static let years: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A time from the inventory, which may have been edited by hand, clamped to the years that dates can have.
    init(stored microseconds: Int64) {
        self.init(microseconds: min(max(microseconds, Self.years.lowerBound), Self.years.upperBound))
    }

    /// Whether something may have happened at this time.
    package func isBelievable(at now: Timestamp) -> Bool { self <= now }
}

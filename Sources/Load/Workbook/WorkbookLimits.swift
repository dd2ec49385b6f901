/// What fits into a sheet of Excel.
enum WorkbookLimits {
    static let columns = 16_384
    /// With the names of the columns.
    static let rows = 1_048_576
    /// Characters of a cell.
    static let characters = 32_767
    /// Excel keeps 15 digits of a number.
    static let wholeNumbers: ClosedRange<Int64> = -999_999_999_999_999...999_999_999_999_999
    static let firstDay: Int64 = -25_508
    /// The day after the last one, 9999-12-31.
    static let endOfDays: Int64 = 2_932_897

    /// Days since 1970 as Excel counts them; nil before March 1900, where it has a day too many, and after 9999.
    static func number(ofDays days: Double) -> Double? {
        (Double(firstDay)..<Double(endOfDays)).contains(days) ? days + 25_569 : nil
    }
}

/// The COPY of a load.
struct PostgresCopy: Sendable {
    enum Way: Sendable { case staging, table }

    /// The table at the beginning; nil if there was none.
    let found: TargetTable?
    let way: Way
    var format: CopyFormat
    /// The rows that were sent.
    var sent = 0
    /// The rows that a table without contents does not need: of devices that left.
    var filtered = 0
}

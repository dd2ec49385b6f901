import Records

/// The rows that a load may remove from its table.
struct Removals: Sendable {
    /// The treatment of rows of devices that left the organization.
    let devices: RemovedDevices
    /// The part of the table that belongs to this load; nil for the whole table.
    let scope: Scope?
    let limit: RemovalGuard
    /// Rows that the table may lose despite the limit, because a person accepted it.
    var permitted: [Batch] = []

    /// A condition, with its text for messages: that of the pipeline file, if it has one.
    struct Scope: Sendable {
        let condition: Condition
        let shown: String
    }

    /// The number of permitted rows, for tables without a key.
    var permittedCount: Int { permitted.reduce(0) { $0 + $1.count } }
}

import Records

/// What a load may take away from its table.
struct Removals: Sendable {
    /// What happens to rows of devices that left the organization.
    let devices: RemovedDevices
    /// The part of the table that is this load's; all of it when nil.
    let scope: Scope?
    let limit: RemovalGuard
    /// Rows that the table may lose despite the limit, because a person accepted it.
    var permitted: [Batch] = []

    /// A condition, and how messages show it: as a pipeline file says it, where it does.
    struct Scope: Sendable {
        let condition: Condition
        let shown: String
    }

    /// How many rows were permitted, for tables whose rows are not told apart.
    var permittedCount: Int { permitted.reduce(0) { $0 + $1.count } }
}

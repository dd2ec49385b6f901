import Records

/// The right of one process to run an organization. It ends by itself unless it is renewed.
package protocol Lease: Sendable {
    /// Refuses once the lease has ended by this machine's clock, which also counts the time that the process was stopped.
    func require() throws(Failure)
    /// Asks the database that has the lease.
    func confirm() async throws
    /// The lease's row, for a transaction in the same database.
    var row: LeaseRow { get }
}

/// Locks the row of a lease until the end of a transaction: nobody else can take the lease before that.
package struct LeaseRow: Sendable {
    /// A query that has a row if this database may have the lease.
    package let place: String
    /// A query that locks the row; it has no row if the lease is not here, or somebody else's.
    package let lock: String
    /// The values of `lock`.
    package let values: [String]

    package init(place: String, lock: String, values: [String]) {
        self.place = place
        self.lock = lock
        self.values = values
    }
}

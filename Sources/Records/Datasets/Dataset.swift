/// A dataset that a load can name in `from:`.
package enum Dataset: String, Sendable, CaseIterable {
    case devices, coverage, servers, changes, rejects, runs
    case assignmentsLog = "assignments_log"

    /// How a reading shows that rows are gone.
    package enum RowsEnd: Sendable {
        /// The rows stay, with a time in `removed_at`.
        case marked
        /// The rows are missing from the next reading, which is always complete.
        case missing
        /// The same, and any number of rows may go: they are about other rows.
        case atAnyTime
        /// Rows never go: they are only added.
        case never
    }

    /// When a run loads it, in this order.
    package enum LoadTime: Sendable, CaseIterable {
        case withTheRest
        /// After all other datasets, even if one is retried, because loading those can reject values.
        case afterRejects
        /// When the run has ended, even if it failed.
        case atTheEnd
    }

    package var schema: Schema {
        switch self {
        case .devices: .devices
        case .coverage: .coverage
        case .servers: .servers
        case .changes: .changes
        case .rejects: .rejects
        case .runs: .runs
        case .assignmentsLog: .assignmentsLog
        }
    }

    package var rowsEnd: RowsEnd {
        switch self {
        case .devices: .marked
        case .coverage, .servers: .missing
        case .changes, .runs, .assignmentsLog: .never
        case .rejects: .atAnyTime
        }
    }

    package var loadTime: LoadTime {
        switch self {
        case .devices, .coverage, .servers, .changes, .assignmentsLog: .withTheRest
        case .rejects: .afterRejects
        case .runs: .atTheEnd
        }
    }

    /// Whether this is the main dataset of a pipeline file: extract stages add columns to it, the file's transforms
    /// apply to it, and its rows are searched for values to reject.
    package var isMain: Bool {
        switch self {
        case .devices: true
        case .coverage, .servers, .changes, .rejects, .runs, .assignmentsLog: false
        }
    }

    /// Whether rows are removed because their device left, so that a person may have accepted the removal.
    package var followsDevices: Bool {
        switch self {
        case .devices, .coverage: true
        case .servers, .changes, .rejects, .runs, .assignmentsLog: false
        }
    }
}

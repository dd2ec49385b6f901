/// What a load can name in `from:`.
package enum Dataset: String, Sendable, CaseIterable {
    case devices, coverage, servers, changes, rejects, runs

    /// How rows that are gone show.
    package enum RowsEnd: Sendable {
        /// They stay, with a time in `removed_at`.
        case marked
        /// They are missing from the next reading, which is always whole.
        case missing
        /// They never end: rows are only added.
        case never
        /// The next run replaces them with its own rows, if it has any.
        case withTheRun
    }

    /// When a run loads it.
    package enum LoadTime: Sendable, Comparable {
        case withTheRest
        /// When it is known which values the others reject.
        case afterRejects
        /// When the run is over, even if it failed.
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
        }
    }

    package var rowsEnd: RowsEnd {
        switch self {
        case .devices: .marked
        case .coverage, .servers: .missing
        case .changes, .runs: .never
        case .rejects: .withTheRun
        }
    }

    package var loadTime: LoadTime {
        switch self {
        case .devices, .coverage, .servers, .changes: .withTheRest
        case .rejects: .afterRejects
        case .runs: .atTheEnd
        }
    }

    /// Whether it is what the stages of a pipeline file are about: extract stages add columns to it, the transforms
    /// of the file apply to it, and its rows are searched for values to reject.
    package var isMain: Bool {
        switch self {
        case .devices: true
        case .coverage, .servers, .changes, .rejects, .runs: false
        }
    }

    /// Whether rows leave because their device left, so that a person may have accepted it.
    package var followsDevices: Bool {
        switch self {
        case .devices, .coverage: true
        case .servers, .changes, .rejects, .runs: false
        }
    }
}

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
}

import Pipeline
import Records

/// What a pipeline file says about writing a file, the same for every format.
struct FileSettings: Sendable {
    let file: FileName
    let removed: RemovedRows
    let maxRemoved: Percentage?
    let splitRows: Count?

    static let fileMeaning = """
        Path; `{source}`, `{date}` and `{run}` are filled in. A name that ends in `.gz` or `.zst` is compressed. `-` is \
        standard output.
        """
    static let removedMeaning = "Rows of devices that left the organisation."
    static let maxRemovedMeaning = """
        Keep the old file when the new one would be empty, or have fewer rows by more than this share. Lists for network \
        access control (`mac_addresses`) have 5% without asking, of short ones up to \(RemovalGuard.usualAllowance) rows; \
        100% publishes whatever comes.
        """
    static let splitMeaning = """
        Begin a new file after so many rows: `ids.csv` becomes `ids-001.csv`, `ids-002.csv` … Each is whole at any \
        time; they are replaced one after another.
        """

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        if schema.isAllowlist { try checkAllowlist(at: location) }
        guard let splitRows else { return }
        if splitRows.number == 0 {
            throw PlanError([Diagnostic("split_rows takes a number from 1", at: location)])
        }
        if file.isStandardOutput {
            throw PlanError([Diagnostic("standard output cannot be split into files", at: location)])
        }
    }

    private func checkAllowlist(at location: SourceLocation) throws(PlanError) {
        var problems: [Diagnostic] = []
        if removed == .include {
            problems.append(
                Diagnostic("removed: include would let devices in that left the organisation", at: location)
            )
        }
        let pattern = file.pattern
        if maxRemoved?.percent != 100, pattern.contains("{date}") || pattern.contains("{run}") {
            problems.append(
                Diagnostic(
                    """
                    a list for network access control is compared with the one before, so that its name cannot change \
                    with {date} or {run}; max_removed: 100% publishes it without
                    """,
                    at: location
                )
            )
        }
        guard problems.isEmpty else { throw PlanError(problems) }
    }

    func guardian(of schema: Schema) -> RemovalGuard? {
        if let maxRemoved { return RemovalGuard(most: maxRemoved, allowance: 0) }
        return schema.isAllowlist ? RemovalGuard(most: RemovalGuard.usual, allowance: RemovalGuard.usualAllowance) : nil
    }
}

/// What a file does with the rows of devices that left the organisation.
enum RemovedRows: String, SettingValue, CaseIterable {
    case skip, include
}

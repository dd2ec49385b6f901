import Records
import Stages

/// What a pipeline file says about writing a file, the same for every format.
struct FileSettings: Sendable {
    let file: PathPattern
    let removed: RemovedRows
    let maxRemoved: Percentage?
    let splitRows: Count?
    let permissions: FileMode?
    let keepPrevious: Bool
    let checksum: Bool
    let manifest: Bool

    static let group = SettingGroup<FileSettings>(
        settings: Setting(
            "file",
            """
            Path; `{source}`, `{date}` and `{run}` are filled in. A name that ends in `.gz` or `.zst` is compressed. \
            `-` is standard output. A link is followed where the user that runs axport, or root, made it; in a folder \
            that others may write to, a file of another user's is not replaced.
            """
        ),
        Setting("removed", "Rows of devices that left the organisation.", default: RemovedRows.skip),
        Setting<Percentage?>.optional(
            "max_removed",
            """
            Keep the old file when the new one would be empty, or have fewer rows by more than this share. Lists for \
            network access control (`mac_addresses`) have 5% without asking, of short ones up to \
            \(RemovalGuard.usualAllowance) rows; 100% publishes whatever comes.
            """
        ),
        Setting<Count?>.optional(
            "split_rows",
            """
            Begin a new file after so many rows: `ids.csv` becomes `ids-001.csv`, `ids-002.csv` … Each is whole at any \
            time; they are replaced one after another.
            """
        ),
        Setting<FileMode?>.optional(
            "permissions",
            """
            Mode of the file and of those beside it, in octal such as `0640` and whatever the umask. Without it a new \
            file gets 0640 less the umask, and an old one keeps its mode.
            """
        ),
        Setting(
            "keep_previous",
            "Keep the version that is replaced as `NAME.previous`; of a split list, one for each part.",
            default: false
        ),
        Setting(
            "checksum",
            """
            Also write `NAME.sha256`, which `sha256sum -c` reads; one for all parts of a split list. It is replaced \
            right after the file: a reader who finds that they disagree has come between the two and looks again. What \
            a kill leaves there, the next run puts right. Beside the name that is given here, also where that is a link \
            to a file elsewhere. Once this is no longer asked for, it goes with the file that it told of.
            """,
            default: false
        ),
        Setting(
            "manifest",
            """
            Also write `NAME.manifest.json`: the files with their rows, bytes and SHA-256, the columns, the dataset, \
            the source and the run that wrote them. It is replaced last, so that files that agree with it are all of \
            one run. It stands and goes as `NAME.sha256` does.
            """,
            default: false
        ),
        build: FileSettings.init
    )

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        try checkGuard(of: schema, at: location)
        if splitRows?.number == 0 {
            throw PlanError([Diagnostic("split_rows takes a number from 1", at: location)])
        }
        guard file.isStandardOutput else { return }
        let asked = [
            ("split_rows", splitRows != nil), ("permissions", permissions != nil), ("keep_previous", keepPrevious),
            ("checksum", checksum), ("manifest", manifest),
        ]
        let problems = asked.filter(\.1).map {
            Diagnostic(
                "\($0.0): standard output is not a file",
                hint: "name a file, or remove this setting",
                at: location
            )
        }
        guard problems.isEmpty else { throw PlanError(problems) }
    }

    private func checkGuard(of schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems: [Diagnostic] = []
        if schema.isAllowlist, removed == .include {
            problems.append(
                Diagnostic("removed: include would let devices in that left the organisation", at: location)
            )
        }
        let pattern = file.pattern
        let isRenamed = pattern.contains("{date}") || pattern.contains("{run}")
        if isRenamed, let removalGuard = removalGuard(of: schema), removalGuard.refusesEmpty {
            let what = schema.isAllowlist ? "a list for network access control" : "a file with max_removed"
            problems.append(
                Diagnostic(
                    """
                    \(what) is compared with the one before, so that its name cannot change with {date} or {run}; \
                    max_removed: 100% publishes it without
                    """,
                    at: location
                )
            )
        }
        guard problems.isEmpty else { throw PlanError(problems) }
    }

    func removalGuard(of schema: Schema) -> RemovalGuard? {
        if let maxRemoved { return RemovalGuard(most: maxRemoved, allowance: 0) }
        return schema.isAllowlist ? RemovalGuard(most: RemovalGuard.usual, allowance: RemovalGuard.usualAllowance) : nil
    }
}

/// What a file does with the rows of devices that left the organisation.
enum RemovedRows: String, SettingValue, CaseIterable {
    case skip, include
}

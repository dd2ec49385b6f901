import Records
import Stages

/// A pipeline file's settings for writing a file, the same for every format.
struct FileSettings: Sendable {
    let file: PathPattern
    let removed: RemovedRows
    let maxRemoved: Percentage?
    let splitRows: Count?
    private(set) var permissions: FileMode?
    let keepPrevious: Bool
    let checksum: Bool
    let manifest: Bool
    let changesFile: PathPattern?

    static let group = SettingGroup<FileSettings>(
        settings: Setting(
            "file",
            """
            Path of the file. `{source}`, `{date}`, and `{run}` are replaced. Names that end in `.gz` or `.zst` are \
            compressed. `-` is standard output. axport follows a link only if root or the user who runs axport made \
            it. In a folder that others can write to, it never replaces another user's file.
            """
        ),
        Setting("removed", "What to do with rows of devices that left the organization.", default: RemovedRows.skip),
        Setting<Percentage?>.optional(
            "max_removed",
            """
            Keep the old file if the new one would be empty or would lose more than this share of its rows. \
            Allowlists (`mac_addresses`) default to 5% (\(RemovalGuard.usualAllowance) rows may always go). 100% \
            turns the guard off.
            """
        ),
        Setting<Count?>.optional(
            "split_rows",
            """
            Start a new file after this number of rows: `ids.csv` becomes `ids-001.csv`, `ids-002.csv` … Each file is \
            always whole; they are replaced one after another.
            """
        ),
        Setting<FileMode?>.optional(
            "permissions",
            """
            Mode of the file and of the files beside it, in octal, such as `0640`; the umask does not apply. By \
            default, a new file gets 0640 minus the umask, and an existing file keeps its mode. With the dataset \
            `assignments_log`, which says who did what, the default is 0600.
            """
        ),
        Setting(
            "keep_previous",
            "Keep the replaced version as `NAME.previous`, one for each part of a split list.",
            default: false
        ),
        Setting(
            "checksum",
            """
            Also write `NAME.sha256` for `sha256sum -c` (one for all parts of a split list), replaced right after the \
            file. If checksum and file disagree, read both again: one was being replaced. After a crash, the next run \
            corrects it. The checksum is written beside the name given here, even if that is a link. When you remove \
            this setting, the next run that replaces the file deletes the old checksum.
            """,
            default: false
        ),
        Setting(
            "manifest",
            """
            Also write `NAME.manifest.json`: the files with their rows, bytes, and SHA-256, the columns, the dataset, \
            the source, and the run that wrote them. It is replaced last, so files that agree with it come from one \
            run. It is removed under the same rules as the checksum.
            """,
            default: false
        ),
        Setting<PathPattern?>.optional(
            "changes_file",
            """
            Also write what is new, changed, and gone since consumers last got the list, for those that only add: a file \
            of the same format whose first column is `change`. Only for lists for network access control \
            (`mac_addresses`). While the file is there, later changes are added to it, so nothing is missed: move it \
            away to take it, then read it. It is not written if nothing changed; without an old list, every row is new. \
            `{source}`, `{date}`, and `{run}` are replaced.
            """
        ),
        build: FileSettings.init
    )

    /// Those of a page for people: it has no rows, so it cannot be split or lose any.
    static let ofPages = SettingGroup<FileSettings>(
        settings: Setting(
            "file",
            """
            Path of the page, such as `out/fleet.html`. `{source}`, `{date}`, and `{run}` are replaced. `-` is standard \
            output. Links and folders are treated as those of other files.
            """
        ),
        Setting<FileMode?>.optional(
            "permissions",
            "Mode of the page in octal, such as `0644`; the umask does not apply. By default as for other files."
        ),
        Setting("keep_previous", "Keep the replaced page as `NAME.previous`.", default: false),
        build: { file, permissions, keepPrevious in
            FileSettings(
                file: file,
                removed: .include,
                maxRemoved: nil,
                splitRows: nil,
                permissions: permissions,
                keepPrevious: keepPrevious,
                checksum: false,
                manifest: false,
                changesFile: nil
            )
        }
    )

    /// The settings for these rows: what people did is not for everybody.
    func suited(to schema: Schema) -> FileSettings {
        guard permissions == nil, schema.dataset == .assignmentsLog else { return self }
        var settings = self
        settings.permissions = FileMode(bits: 0o600)
        return settings
    }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems(guardProblems(schema, at: location))
        problems.add(changesProblems(schema, at: location))
        if splitRows?.number == 0 { problems.add(Diagnostic("split_rows must be 1 or more", at: location)) }
        if file.isStandardOutput { problems.add(streamProblems(at: location)) }
        try problems.end()
    }

    /// The problems of names that promise another format.
    func nameProblems(_ format: FileFormat, at location: SourceLocation) -> [Diagnostic] {
        let names = [file, changesFile].compactMap { $0?.pattern.split(separator: "/").last.map(String.init) }
        return names.compactMap(format.refusal).map { Diagnostic($0, at: location) }
    }

    private func streamProblems(at location: SourceLocation) -> [Diagnostic] {
        let asked = [
            ("split_rows", splitRows != nil), ("permissions", permissions != nil), ("keep_previous", keepPrevious),
            ("checksum", checksum), ("manifest", manifest),
        ]
        return asked.filter(\.1).map {
            Diagnostic(
                "\($0.0): standard output is not a file",
                hint: "name a file, or remove this setting",
                at: location
            )
        }
    }

    private func guardProblems(_ schema: Schema, at location: SourceLocation) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if schema.isAllowlist, removed == .include {
            problems.append(
                Diagnostic("removed: include would admit devices that left the organization", at: location)
            )
        }
        let pattern = file.pattern
        let isRenamed = pattern.contains("{date}") || pattern.contains("{run}")
        if isRenamed, let removalGuard = removalGuard(of: schema), removalGuard.refusesEmpty {
            let what = schema.isAllowlist ? "a list for network access control" : "a file with max_removed"
            problems.append(
                Diagnostic(
                    """
                    \(what) is compared with its previous version, so its name must not contain {date} or {run}
                    """,
                    hint: "set max_removed: 100% to skip the comparison",
                    at: location
                )
            )
        }
        return problems
    }

    func leftBehind(_ context: LoadContext) -> LeftBehind? {
        file.leftBehind(context, companions: [PreviousVersion.suffix] + Sidecars.suffixes)
    }

    func removalGuard(of schema: Schema) -> RemovalGuard? {
        if let maxRemoved { return RemovalGuard(most: maxRemoved, allowance: 0) }
        return schema.isAllowlist ? RemovalGuard(most: RemovalGuard.usual, allowance: RemovalGuard.usualAllowance) : nil
    }
}

/// The treatment of rows of devices that left the organization.
enum RemovedRows: String, SettingValue, CaseIterable {
    case skip, include
}

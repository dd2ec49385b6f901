import Inventory
import Keeping
import PostgreSQL
import Records
import Stages

/// The section `inventory`: the place of an organization's inventory, and how much of the past it keeps.
package struct InventorySettings: Sendable {
    /// Nil for the default place.
    private var path: PathSetting?
    private var location: SourceLocation?
    private let keepChanges: Period?
    private let keepRuns: Count
    private let keepIn: PostgresURL?
    private let keepEvery: Period
    private let lease: Period

    package static let spec = StageSpec<InventorySettings>(
        "inventory",
        "Where the inventory is stored, and how much history it keeps. A plain text is the path.",
        example: """
            inventory: { path: "~/.local/state/axport/acme.sqlite", keep_changes: 2y, keep_runs: 400 }
            """,
        settings: Setting<PathSetting?>.optional(
            "path",
            """
            Path of the file. With several sources, it must contain `{source}`. Default: the name of the source with \
            `.sqlite`, in the folder that STATE_DIRECTORY names (systemd sets it), else in `axport` below the one that \
            XDG_STATE_HOME names, else in `~/.local/state/axport`.
            """
        ),
        Setting<Period?>.optional(
            "keep_changes",
            """
            How long the dataset `changes` keeps a change; default: 2y. Rows that were already loaded into a table stay \
            there. A load that replaces all its rows, such as a file, needs every change: if the pipeline has one and \
            this setting is missing, changes are kept forever.
            """
        ),
        Setting("keep_runs", "Number of runs to keep.", default: Count(Inventory.keptRuns)),
        Setting<PostgresURL?>.optional(
            "keep_in",
            """
            URL of a PostgreSQL database that keeps the inventory between runs, for workers that lose their disk: a run \
            fetches the newest copy if the local inventory is missing or older, and stores what changed. A lease there lets \
            only one process at a time run an organization. `sql/README.md` describes its tables.
            """
        ),
        Setting(
            "keep_every",
            "Time between two copies during a run; one more is stored at its end.",
            default: usualPause
        ),
        Setting(
            "lease",
            """
            How long after a worker was killed, or lost its database, another one takes its organization over; from 5s to 1h.
            """,
            default: usualLease
        ),
        build: InventorySettings.init
    )

    static var form: ValueForm { .anyOf([.settings(spec.settings), PathSetting.form]) }

    private static let usualPause = Period(seconds: 300)
    private static let usualLease = Period(seconds: 120)
    private static let leases = 5...3600

    private init(
        path: PathSetting?,
        keepChanges: Period?,
        keepRuns: Count,
        keepIn: PostgresURL?,
        keepEvery: Period,
        lease: Period
    ) {
        self.path = path.flatMap { $0.path.isEmpty ? nil : $0 }
        self.keepChanges = keepChanges
        self.keepRuns = keepRuns
        self.keepIn = keepIn
        self.keepEvery = keepEvery
        self.lease = lease
    }

    /// The settings of a pipeline without the section.
    private static var usual: InventorySettings {
        InventorySettings(
            path: nil,
            keepChanges: nil,
            keepRuns: Count(Inventory.keptRuns),
            keepIn: nil,
            keepEvery: usualPause,
            lease: usualLease
        )
    }

    /// Where a source's inventory is kept between runs; nil if only this machine has it.
    func keeping(of source: SourceSettings, hiding secrets: Secrets) -> KeepingPlace? {
        keepIn.map { url in
            KeepingPlace(
                url: url,
                organization: source.identity,
                term: .seconds(lease.seconds),
                pause: .seconds(keepEvery.seconds),
                secrets: secrets
            )
        }
    }

    /// Reads the section, which may be missing or a plain text.
    static func read(_ node: ConfigNode?, problems: inout Problems) -> InventorySettings {
        var settings = usual
        guard let node else { return settings }
        guard case .map = node.content else {
            settings.location = node.location
            if let path = problems.read(node, as: PathSetting.self), !path.path.isEmpty { settings.path = path }
            return settings
        }
        guard let read = problems.take(try spec.build(key: node, body: node)) else { return settings }
        settings = read
        settings.location = node.location
        if settings.keepRuns.number < 1 { problems.add(Diagnostic("keep_runs must be 1 or more", at: node.location)) }
        if settings.keepEvery.seconds < 1 {
            problems.add(Diagnostic("keep_every must be 1s or more", at: node.location))
        }
        if !leases.contains(settings.lease.seconds) {
            problems.add(Diagnostic("lease must be from 5s to 1h", at: node.location))
        }
        return settings
    }

    /// Refuses one inventory for several sources, and deleting changes if a load rewrites them all every night.
    func check(
        _ loads: [LoadPlan],
        isOfSeveral: Bool,
        assigns: Bool,
        at location: SourceLocation?,
        _ problems: inout Problems
    ) {
        if assigns, keepIn != nil, let location {
            problems.add(
                Diagnostic(
                    "a file with 'assign' keeps its inventory, which is the record of its assignments, on one machine",
                    hint: "remove keep_in",
                    at: location
                )
            )
        }
        if let keepChanges { check(loads, keepChanges, &problems) }
        if isOfSeveral, let path, !path.isUnknown, !path.path.contains("{source}"), let location {
            problems.add(
                Diagnostic("every source has its own inventory", hint: "put {source} into the path", at: location)
            )
        }
    }

    private func check(_ loads: [LoadPlan], _ keepChanges: Period, _ problems: inout Problems) {
        for load in loads where load.replacesChanges {
            problems.add(
                Diagnostic(
                    """
                    '\(load.origin.stage)' replaces its rows every night with the changes in the inventory, and would \
                    lose changes older than keep_changes: \(keepChanges)
                    """,
                    hint: "merge them into a table by `seq`, or remove keep_changes",
                    at: load.origin.location
                )
            )
        }
    }

    /// The path of a source's inventory, or why it has none.
    func path(of source: String, in environment: Environment) -> Result<String, Failure> {
        if let path { return .success(path.path.replacing("{source}", with: source)) }
        return Result { () throws(Failure) in "\(try environment.inventoryFolder())/\(source).sqlite" }
    }

    /// Warns if an inventory stays in the working directory while a new one is created.
    func warning(of source: String) -> Diagnostic? {
        guard let path, let former = path.former, let location else { return nil }
        let (new, old) = (path.path.replacing("{source}", with: source), former.replacing("{source}", with: source))
        guard !Inventory.exists(at: new), Inventory.exists(at: old) else { return nil }
        let companions = ["-wal", "-shm", "-journal"].map { old + $0 }.filter(Inventory.exists)
        return LeftBehind([old], companions: companions, place: new)?.warning(at: location)
    }

    func retention(for loads: [LoadPlan]) -> Retention {
        let usual = Period.days(730)
        let changes = loads.contains(where: \.replacesChanges) ? nil : Int64((keepChanges ?? usual).seconds)
        return Retention(changes: changes, runs: keepRuns.number)
    }
}

extension LoadPlan {
    fileprivate var replacesChanges: Bool { dataset == .changes && loader.replacesRows(of: output) }
}

import Inventory
import Records
import Stages

/// The section `inventory`: where that of an organization lies, and how much of the past it keeps.
package struct InventorySettings: Sendable {
    /// Nil for the default place.
    private(set) var path: String?
    private let keepChanges: Period?
    private let keepRuns: Count

    package static let spec = StageSpec<InventorySettings>(
        "inventory",
        "Where the inventory lies, and how much of the past it keeps. Plain text is the path.",
        example: """
            inventory: { path: "~/.local/state/axport/acme.sqlite", keep_changes: 2y, keep_runs: 400 }
            """,
        settings: Setting<String?>.optional(
            "path",
            "Path, with `{source}` where there are several; default: by source name in `~/.local/state/axport`."
        ),
        Setting<Period?>.optional(
            "keep_changes",
            """
            How old a change may become before it leaves the dataset `changes`; default: 2y. Rows that were loaded stay \
            where they are, so a load that replaces its rows, such as that of a file, needs all changes: without this \
            setting they are then kept.
            """
        ),
        Setting("keep_runs", "How many runs are kept.", default: Count(Inventory.keptRuns)),
        build: InventorySettings.init
    )

    private init(path: String?, keepChanges: Period?, keepRuns: Count) {
        self.path = path.flatMap { $0.isEmpty ? nil : $0 }
        self.keepChanges = keepChanges
        self.keepRuns = keepRuns
    }

    /// Reads the section, which may be missing or plain text.
    static func read(_ node: ConfigNode?, problems: inout Problems) -> InventorySettings {
        var settings = InventorySettings(path: nil, keepChanges: nil, keepRuns: Count(Inventory.keptRuns))
        guard let node else { return settings }
        guard case .map = node.content else {
            if let path = problems.read(node, as: String.self), !path.isEmpty { settings.path = path }
            return settings
        }
        do {
            settings = try spec.build(key: node, body: node)
            if settings.keepRuns.number < 1 { problems.add(Diagnostic("keep_runs counts from 1", at: node.location)) }
        } catch {
            problems.add(error.diagnostics)
        }
        return settings
    }

    /// Refuses to let changes go which a load writes anew every night.
    func check(_ loads: [LoadPlan], problems: inout Problems) {
        guard let keepChanges else { return }
        for load in loads where load.replacesChanges {
            problems.add(
                Diagnostic(
                    """
                    '\(load.origin.stage)' replaces its rows every night by what the inventory keeps, and would lose \
                    changes older than keep_changes: \(keepChanges); merge them into a table by `seq`, or leave out \
                    keep_changes
                    """,
                    at: load.origin.location
                )
            )
        }
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

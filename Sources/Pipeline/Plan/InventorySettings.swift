import Inventory
import Records
import Stages

/// The section `inventory`: where that of an organization lies, and how much of the past it keeps.
package struct InventorySettings: Sendable {
    /// Nil for the default place.
    private var path: String?
    private let keepChanges: Period?
    private let keepRuns: Count

    package static let spec = StageSpec<InventorySettings>(
        "inventory",
        "Where the inventory is stored, and how much history it keeps. A plain text is the path.",
        example: """
            inventory: { path: "~/.local/state/axport/acme.sqlite", keep_changes: 2y, keep_runs: 400 }
            """,
        settings: Setting<String?>.optional(
            "path",
            "Path of the file; default: the name of the source, in `~/.local/state/axport`. With several sources, it must contain `{source}`."
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

    /// Refuses one inventory for several sources, and to let changes go which a load writes anew every night.
    func check(_ loads: [LoadPlan], isOfSeveral: Bool, at location: SourceLocation?, _ problems: inout Problems) {
        if let keepChanges { check(loads, keepChanges, &problems) }
        if isOfSeveral, let path, !path.contains("{source}"), let location {
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

    /// Where the inventory of a source lies.
    func path(of source: String, in environment: Environment) -> String {
        path.map(environment.expandingTilde)?.replacing("{source}", with: source)
            ?? environment.defaultInventory(of: source)
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

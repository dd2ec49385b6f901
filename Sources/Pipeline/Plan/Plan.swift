import Inventory
import Records
import Stages

/// Where a pipeline file names a stage, and the name.
package struct Origin: Sendable, Hashable {
    package let stage: String
    package let location: SourceLocation
}

/// A stage and the line that asked for it.
package struct Step<Stage: Sendable>: Sendable {
    package let origin: Origin
    package let stage: Stage
}

/// A checked pipeline for one organization: every name resolved, every column bound, nothing read yet.
package struct Plan: Sendable {
    package let name: String
    package let file: String
    /// SHA-256 of the file's bytes, as hexadecimal digits. References are not resolved in it, so no secret is; nil where
    /// the pipeline did not come from the text of one file.
    package let hash: String?
    package let source: SourceSettings
    /// Whether the file has `sources`, so that every row carries the name of its source.
    package let isOneOfSeveral: Bool
    package let inventoryPath: String
    /// How much of the past its inventory keeps.
    package let retention: Retention
    package let extract: [Step<any Extractor>]
    package internal(set) var transforms: [Step<any Transformer>]
    package internal(set) var loads: [LoadPlan]
    /// The dataset `devices` with the columns that the extract stages add.
    package let devices: Schema
    /// Values that no message may show.
    package let secrets: Secrets

    init(
        name: String,
        file: String,
        hash: String?,
        source: SourceSettings,
        isOneOfSeveral: Bool,
        inventoryPath: String,
        retention: Retention,
        stages: PlannedStages,
        secrets: Secrets
    ) {
        self.name = name
        self.file = file
        self.hash = hash
        self.source = source
        self.isOneOfSeveral = isOneOfSeveral
        self.inventoryPath = inventoryPath
        self.retention = retention
        extract = stages.extract
        transforms = stages.transforms
        loads = stages.loads
        devices = stages.devices
        self.secrets = secrets
    }

    /// Reads a pipeline file for one source. Reports every problem, not only the first.
    ///
    /// - Parameter needsLoad: false for a preview or an export, which have their own destination.
    package init(
        _ yaml: String,
        file: String,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        overrides: [Override] = [],
        needsLoad: Bool = true,
        choice: SourceChoice = SourceChoice()
    ) throws(PlanError) {
        self = try PlannedFile(
            yaml,
            file: file,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            overrides: overrides,
            needsLoad: needsLoad,
            choice: choice
        ).only(in: file)
    }

    package init(
        _ root: ConfigNode,
        file: String,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        needsLoad: Bool = true,
        choice: SourceChoice = SourceChoice()
    ) throws(PlanError) {
        self = try PlannedFile(
            root,
            file: file,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            needsLoad: needsLoad,
            choice: choice
        ).only(in: file)
    }
}

extension PlannedFile {
    /// The plan of the one source that was chosen.
    fileprivate func only(in file: String) throws(PlanError) -> Plan {
        try requireAllSources()
        if let plan = plans.first, plans.count == 1 { return plan }
        let names = sourceNames.joined(separator: ", ")
        throw PlanError([
            Diagnostic(
                "choose one source with --source; there are \(names)",
                at: SourceLocation(file: file, line: 1, column: 1),
                code: .usage
            )
        ])
    }
}

extension Environment {
    /// Where inventories live unless a pipeline says otherwise.
    package func defaultInventory(of source: String) -> String {
        "\(inventoryFolder)/\(source).sqlite"
    }

    package var inventoryFolder: String {
        let state = variables["XDG_STATE_HOME"] ?? expandingTilde("~/.local/state")
        return "\(state)/axport"
    }

    /// Folder for tokens between runs; nil if the user's folder is unknown: then they are not kept.
    package var tokenFolder: String? {
        let cache = variables["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        guard let folder = cache ?? variables["HOME"].map({ "\($0)/.cache" }) else { return nil }
        return "\(folder)/axport"
    }
}

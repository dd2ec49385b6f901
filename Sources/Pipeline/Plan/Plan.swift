import Inventory
import Keeping
import Records
import Stages

/// The place and the name of a stage in a pipeline file.
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
    package let pipeline: PipelineName
    package let source: SourceSettings
    /// Whether the file has `sources`, so that every row has the name of its source.
    package let isOneOfSeveral: Bool
    let inventoryPlace: Result<String, Failure>
    let inventoryWarning: Diagnostic?
    /// How much of the past its inventory keeps.
    package let retention: Retention
    package let extract: [Step<any Extractor>]
    package internal(set) var transforms: [Step<any Transformer>]
    package internal(set) var loads: [LoadPlan]
    /// The rules of a file that assigns devices instead of loading them.
    package let assign: AssignSettings?
    /// The dataset `devices` with the columns that the extract stages add.
    package let devices: Schema
    package let metrics: MetricsSettings?
    /// Values that no message may show.
    package let secrets: Secrets
    /// The database that keeps the inventory between runs; nil if only this machine does.
    package let keeping: KeepingPlace?
    /// The lease of the run; nil if none is needed.
    package internal(set) var lease: (any Lease)?
    /// What counts as the current time in expressions, in place of a run's start; nil without `--at`.
    package internal(set) var at: Timestamp?

    /// The part that all loads of a dataset share: its columns, and the transforms over them.
    func shared(_ dataset: Dataset) -> (columns: Schema, transforms: [Step<any Transformer>]) {
        dataset.isMain ? (devices, transforms) : (dataset.schema, [])
    }

    package var name: String { pipeline.name }
    package var file: String { pipeline.file }

    /// What a person should know although the file is valid.
    package func warnings(at now: Timestamp) -> [Diagnostic] {
        let context = context(of: "run", startedAt: now)
        let ofLoads = loads.compactMap { $0.loader.leftBehind(context)?.warning(at: $0.origin.location) }
        return [inventoryWarning].compactMap(\.self) + ofLoads + doubts
    }

    /// What a person should know about the columns of its loads.
    package var doubts: [Diagnostic] {
        loads.flatMap { load in
            load.loader.doubts(load.output).map { Diagnostic($0, at: load.origin.location, severity: .warning) }
        }
    }

    /// The context of a run's loads.
    package func context(of run: String, startedAt: Timestamp, isPartial: Bool = false) -> LoadContext {
        LoadContext(
            runID: run,
            source: source.name,
            startedAt: startedAt,
            at: at,
            isPartial: isPartial,
            secrets: secrets
        )
        .under(lease)
    }

    /// The same for a run with a lease.
    func under(_ lease: any Lease) -> Plan {
        var plan = self
        plan.lease = lease
        return plan
    }

    /// - Throws: if no place is named and no default folder is known.
    package var inventoryPath: String { get throws(Failure) { try inventoryPlace.get() } }
}

extension Plan {
    /// Refuses a file with rules where loads are needed.
    func requireLoads() throws(Failure) {
        guard assign != nil else { return }
        throw Failure(
            .pipelineInvalid,
            "\(file) assigns devices and loads nothing",
            advice: "use `axport assign plan \(file.asShellWord)`"
        )
    }
}

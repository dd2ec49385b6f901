import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

/// The pipeline files and sources whose history a command shows.
struct HistoryPlace: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Show the runs of this pipeline file's inventories. Default: all inventories in the default folder.",
            valueName: "FILE"
        ),
        completion: .pipelineFile
    )
    var pipeline: String?

    @OptionGroup var sources: SourceOptions

    func validate() throws {
        if pipeline == nil, sources.shard != nil { throw ValidationError("--shard requires --from FILE") }
    }

    var description: String {
        get throws { try pipeline.map { "the inventories of \($0)" } ?? Composition.environment.inventoryFolder() }
    }

    /// The runs that the filter takes of each inventory.
    func history(_ filter: RunFilter) throws -> History {
        var histories: [ArraySlice<RunRecord>] = []
        var failing: [FailingSince] = []
        var unreadable: [Failure] = []
        for path in Set(try inventories.map(\.path)).sorted() where Inventory.exists(at: path) {
            do {
                histories.append(try Inventory.runs(at: path, filter)[...])
                failing += try Inventory.failing(at: path)
            } catch {
                unreadable.append(Failure(of: error))
            }
        }
        // An inventory that cannot be read does not hide the others.
        let onlyFailure = histories.isEmpty ? unreadable.popLast() : nil
        for failure in unreadable { Output.log(LogRecord(.warning, failure)) }
        if let onlyFailure { throw onlyFailure }
        return History(histories, failing: failing)
    }

    /// An inventory and its source, with the pipeline's name if the command names one.
    struct Place {
        let pipeline: String?
        let source: String
        let path: String
    }

    var inventories: [Place] {
        get throws {
            if let pipeline {
                let planning = Composition.planning(startedAt: .now, choice: sources.choice)
                // The history can be read without the keys.
                let planned = try PipelineFiles(planning).plans(pipeline, needsAllSources: false)
                try sources.check(against: planned.sourceNames)
                return try planned.plans.map {
                    Place(pipeline: $0.name, source: $0.source.name, path: try $0.inventoryPath)
                }
            }
            return try Self.inFolder(sources)
        }
    }

    /// The inventories in the default folder.
    static func inFolder(_ sources: SourceOptions) throws -> [Place] {
        let folder = try Composition.environment.inventoryFolder()
        let known = try Inventory.names(in: folder)
        try sources.check(against: known)
        return known.filter { sources.names.isEmpty || sources.names.contains($0) }.map {
            Place(pipeline: nil, source: $0, path: "\(folder)/\($0).sqlite")
        }
    }
}

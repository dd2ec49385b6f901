import ArgumentParser
import Pipeline
import Records
import Stages

/// Options that change the pipeline files a command reads, or select their sources.
struct PipelineOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a setting, such as source.rate=5. Can be repeated.", valueName: "KEY=VALUE")
    )
    var overrides: [String] = []

    @OptionGroup var sources: SourceOptions

    func files(startedAt: Timestamp, needsLoad: Bool = true) throws -> PipelineFiles {
        let planning = Composition.planning(startedAt: startedAt, needsLoad: needsLoad, choice: sources.choice)
        return try PipelineFiles(planning, overrides: overrides)
    }
}

import ArgumentParser
import Pipeline
import Records
import Stages

/// Options that change the pipeline files a command reads, or select their sources.
struct PipelineOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            """
            Override a setting: of a section (source.rate=5), or of a stage by its name (coverage.max_requests=5). \
            Can be repeated.
            """,
            discussion: "If a stage occurs twice, its position in its list, counted from 0, names it: load.1.csv.file.",
            valueName: "KEY=VALUE"
        )
    )
    var overrides: [String] = []

    @OptionGroup var sources: SourceOptions

    func files(
        startedAt: Timestamp,
        at moment: Timestamp? = nil,
        in environment: Environment = Composition.environment,
        needsLoad: Bool = true
    ) throws -> PipelineFiles {
        let planning = Composition.planning(
            startedAt: startedAt,
            at: moment,
            environment: environment,
            needsLoad: needsLoad,
            choice: sources.choice
        )
        return try PipelineFiles(planning, overrides: overrides)
    }
}

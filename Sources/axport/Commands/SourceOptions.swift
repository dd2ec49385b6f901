import ArgumentParser
import Pipeline
import Records
import Stages

/// Selects the sources of a pipeline file.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .customLong("source"),
        help: ArgumentHelp("Use only the source with this name. Can be repeated.", valueName: "NAME"),
        completion: .source
    )
    var names: [String] = []

    @Option(
        help: ArgumentHelp(
            "Use only part I of N of the sources, to spread them over machines.",
            discussion:
                "I is 1 to N. The part of a source is the 64-bit FNV-1a hash of its name, modulo N, plus 1.",
            valueName: "I/N"
        )
    )
    var shard: Shard?

    var choice: SourceChoice { SourceChoice(names: names, shard: shard) }

    /// Refuses a name that is in no file.
    func check(against known: [String]) throws {
        for name in names where !known.contains(name) {
            let problem = unknownName("source", name, known: known)
            throw Failure(.usage, "--source: \(problem.message)", advice: problem.hint)
        }
    }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Period: ExpressibleByArgument {
    public init?(argument: String) {
        guard let period = try? Period(from: .scalar(argument, origin: "")) else { return nil }
        self = period
    }
}

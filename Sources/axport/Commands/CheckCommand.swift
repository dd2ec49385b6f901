import ArgumentParser
import Pipeline
import Records
import Stages

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Finds every problem of pipeline files, without network.",
        discussion: """
            Compiles everything that `axport run` compiles, and reports each problem with line and column. It also \
            resolves references such as ${env:NAME}, so run it with the environment of the real run.

            Exit codes: 0 all files are valid, 78 a file is invalid, 77 a private key can be read by other users.

            Examples:
              axport check nightly.axport.yaml
              axport check nightly.axport.yaml --set load.0.csv.file=/tmp/trial.csv
            """
    )

    @Argument(help: "Pipeline files.", completion: .pipelineFile)
    var files: [String]

    @OptionGroup var options: PipelineOptions

    func validate() throws { try PipelineFiles.requireDistinct(files) }

    func run() async throws {
        try await reporting {
            var problems: [Diagnostic] = []
            var failure: Failure?
            var names: [String] = []
            let reader = try options.files(startedAt: .now)
            for file in files {
                do {
                    let planned = try reader.plans(file)
                    for plan in planned.plans { _ = try plan.inventoryPath }
                    names += planned.sourceNames
                    for doubt in planned.plans.flatMap(\.source.doubts) { Output.log(LogRecord(doubt)) }
                    Output.note("\(file): \(Self.described(planned))")
                } catch let error as PlanError {
                    problems += error.diagnostics
                } catch {
                    Output.log(LogRecord(.error, Failure(of: error)))
                    failure = Failure(of: error)
                }
            }
            guard problems.isEmpty else { throw PlanError(problems) }
            if let failure { throw ExitCode(failure.code.rawValue) }
            try options.sources.check(against: names)
        }
    }

    private static func described(_ planned: PipelinePlans) -> String {
        guard let plan = planned.plans.first else { return "ok, but --source or --shard selects none of its sources" }
        let sources = planned.plans.map(\.source.name).joined(separator: ", ")
        return described(plan) + (plan.isOneOfSeveral ? " for \(sources)" : "")
    }

    private static func described(_ plan: Plan) -> String {
        let stages = (plan.extract.map(\.origin.stage) + plan.transforms.map(\.origin.stage)).joined(separator: ", ")
        let loads = plan.loads.map { "\($0.origin.stage) (\(counted($0.output.fields.count, "column")))" }.joined(
            separator: ", "
        )
        return "ok: \(stages) → \(loads)"
    }
}

import ArgumentParser
import Pipeline
import Records
import Stages

struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the cases written in pipeline files: devices in, rows expected.",
        discussion: """
            A case in the section `tests` has devices as Apple sends them, and the rows that a load should make of \
            them. Nothing is asked, no destination is opened, and no inventory of yours is touched. No secret is needed: \
            no file that a pipeline names is read. A case has the same result on every day: its moment is 2026-01-01 \
            unless it says `at`, or you pass --at. `axport stages tests` \
            describes the section.

            Exit codes: 0 all cases pass, 65 a case fails, 64 no case has the name, or the stages need a variable that is \
            not set, 78 a file is invalid.

            Examples:
              axport test nightly.axport.yaml
              axport test nightly.axport.yaml --case IMEI
            """
    )

    @Argument(help: "Pipeline files.", completion: .pipelineFile)
    var files: [String]

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only cases with this text in their names.", valueName: "TEXT")
    )
    var filter: String?

    @OptionGroup var at: AtOption

    func validate() throws { try PipelineFiles.requireDistinct(files) }

    func run() async throws {
        try await reporting {
            let environment = Composition.environment.withoutSecrets
            let reader = try PipelineFiles(
                Composition.planning(startedAt: .now, at: at.moment, environment: environment)
            )
            var results: [CaseResult] = []
            var problems: [Diagnostic] = []
            for file in files {
                do {
                    results += try await Interrupt.cancelling {
                        try await self.results(of: try reader.cases(file), file)
                    }
                } catch let error as PlanError {
                    problems += error.diagnostics
                }
            }
            if !results.isEmpty { try Output.tell(Self.summary(results)) }
            guard problems.isEmpty else { throw PlanError(problems) }
            if let filter, results.isEmpty { throw Failure(.usage, "no case has '\(filter)' in its name") }
            if results.contains(where: { !$0.differences.isEmpty }) { throw ExitCode(Outcome.badData.rawValue) }
        }
    }

    private func results(of planned: PipelinePlans, _ file: String) async throws -> [CaseResult] {
        if planned.tests.isEmpty { Output.log(LogRecord(.warning, "\(file): the file has no section `tests`")) }
        guard let plan = planned.plans.first else { return [] }
        var results: [CaseResult] = []
        for test in planned.tests where filter.map(test.name.contains) ?? true {
            // Cases of several files have the same names.
            if results.isEmpty, files.count > 1 { try Output.tell("\(file):") }
            let result = CaseResult(test: test, differences: try await plan.differences(in: test))
            try Output.tell(result.text)
            results.append(result)
        }
        return results
    }

    private static func summary(_ results: [CaseResult]) -> String {
        let failed = results.count { !$0.differences.isEmpty }
        let all = counted(results.count, "case")
        return failed == 0 ? "\(all) passed" : "\(failed) of \(all) failed"
    }
}

/// A case and what differs in it.
private struct CaseResult {
    let test: TestCase
    let differences: [String]

    var text: String {
        if differences.isEmpty { return "✓ \(test.name)" }
        return (["✗ \(test.name) (\(test.location))"] + differences.map { "    \($0)" }).joined(separator: "\n")
    }
}

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
            resolves references such as ${env:NAME}, so run it with the environment of the real run, or with \
            --without-secrets in editors and CI.

            --format json prints an array on stdout, empty if all is fine. Each element has `file`, `line`, `column` \
            (both from 1), `severity` (error or warning), `message` and, if there is advice, `hint`. --format github \
            prints workflow commands of GitHub Actions. Both have an element for each place of a problem; the text \
            names each cause once.

            Exit codes: 0 all files are valid, 78 a file is invalid, 77 a private key can be read by other users.

            Examples:
              axport check nightly.axport.yaml
              axport check --without-secrets --format github nightly.axport.yaml
            """
    )

    @Argument(help: "Pipeline files.", completion: .pipelineFile)
    var files: [String]

    @Flag(
        help: """
            Take references that cannot be resolved here as unknown values. Reads no file that a pipeline names, and runs \
            no command.
            """
    )
    var withoutSecrets = false

    @Option(help: ArgumentHelp("Format of the findings.", valueName: "text|json|github"))
    var format = CheckFormat.text

    @OptionGroup var options: PipelineOptions

    func validate() throws { try PipelineFiles.requireDistinct(files) }

    func run() async throws {
        try await reporting {
            let environment = Composition.environment
            let reader = try options.files(
                startedAt: .now,
                in: withoutSecrets ? environment.withoutSecrets : environment
            )
            let checked = files.map { file in
                do throws(Failure) { return try reader.examine(file) } catch { return CheckedFile(file, error) }
            }
            try format.show(checked)
            let codes = Set(checked.map(\.code)).subtracting([.done])
            if let code = codes.first { throw ExitCode((codes.count == 1 ? code : .pipelineInvalid).rawValue) }
            try options.sources.check(against: checked.flatMap { $0.planned?.sourceNames ?? [] })
        }
    }
}

import ArgumentParser
import Records
import Stages

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a pipeline file for a purpose, or prints what a scheduler needs to run one every night.",
        discussion: """
            On a terminal, it asks for what the options leave out, and tests each answer: the IDs by their form, the \
            key, the account if you agree, and the destination. Nothing is written before the last answer. Without a \
            terminal, it asks nothing, and what is left out stays a variable such as ${env:AXPORT_CLIENT_ID}.

            The file contains no secret. A database URL with a password goes into NAME.env beside it, which only you \
            can read. The first line names the JSON Schema for editors: the installed one, or else a copy beside the \
            file. If AXPORT_API_URL or AXPORT_TOKEN_URL is set, the file names it.

            With --schedule, it prints a file for the scheduler of an existing pipeline file, and writes nothing. \
            Comments in it say where to put it and what to do next.

            Examples:
              axport init audit-export --platform sandbox -o audit.axport.yaml
              axport init --schedule systemd nightly.axport.yaml
            """
    )

    @Argument(
        help: "A purpose (see --list), such as \(Purpose.usual). With --schedule: a pipeline file.",
        completion: .purpose
    )
    var purpose: String?

    @Flag(help: "List the purposes.")
    var list = false

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("File to write. - is stdout. Default: PURPOSE.axport.yaml.", valueName: "FILE"),
        completion: .file()
    )
    var output: String?

    @Flag(help: "Replace existing files.")
    var force = false

    @Option(help: "The platform: \(Platform.allCases.map(\.rawValue).joined(separator: ", ")).")
    var platform: Platform?

    @Option(help: ArgumentHelp("Client ID of the API account.", valueName: "ID"))
    var clientID: String?

    @Option(help: ArgumentHelp("Key ID of the API account.", valueName: "ID"))
    var keyID: String?

    @Option(help: ArgumentHelp("File with the private key of the API account.", valueName: "FILE"), completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp(
            "URL of the database, without a password, or folder for the files.",
            valueName: "URL|FOLDER"
        ),
        completion: .directory
    )
    var destination: String?

    @Option(help: "Print what this scheduler needs: \(ScheduleKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var schedule: ScheduleKind?

    func validate() throws {
        let hasAccount = [platform?.rawValue, clientID, keyID, key].contains { $0 != nil }
        if schedule != nil, list || force || hasAccount || output != nil || destination != nil {
            throw ValidationError("--schedule takes only a pipeline file")
        }
        if platform == .sandbox, [clientID, keyID, key].contains(where: { $0 != nil }) {
            throw ValidationError("the sandbox has an account of its own: leave out --client-id, --key-id, and --key")
        }
    }

    func run() async throws {
        try await reporting {
            if let schedule {
                try print(schedule)
            } else if list {
                try Output.answer(PurposeList().text(columns: Output.screen.columns))
            } else {
                try await write()
            }
        }
    }

    private func print(_ schedule: ScheduleKind) throws {
        guard let purpose else {
            throw Failure(
                .usage,
                "--schedule needs a pipeline file",
                advice: "for example `axport init --schedule \(schedule.rawValue) nightly.axport.yaml`"
            )
        }
        try Output.answer(schedule.text(for: PipelineNeeds(of: purpose, under: schedule.service)))
    }

    private func write() async throws {
        let environment = Composition.environment
        var interview = Interview(environment: environment)
        guard let purpose = try purpose.map(Purpose.named) ?? interview?.purpose() else {
            throw Failure(
                .usage,
                "init needs a purpose, and asks for one only on a terminal",
                advice: "`axport init --list` lists them"
            )
        }
        let new = NewPipeline(purpose, output: output, isForced: force)
        try new.file?.require()
        var answers = try answers(for: purpose, environment)
        if interview != nil, purpose.hasOneSource {
            if platform == nil, clientID == nil, let asked = try interview?.platform() { answers.platform = asked }
            if answers.platform != .sandbox { try await interview?.account(&answers) }
        }
        if destination == nil, !purpose.assigns { try await interview?.destination(&answers, of: new) }
        let next = try new.write(answers, environment: environment)
        if !next.isEmpty { Output.note(next) }
    }

    /// The answers on the command line.
    private func answers(for purpose: Purpose, _ environment: Environment) throws -> Answers {
        var answers = Answers()
        let account = [platform?.rawValue, clientID, keyID, key]
        guard purpose.hasOneSource || account.allSatisfy({ $0 == nil }) else {
            throw Failure(
                .usage,
                "\(purpose.name) has several sources, so that one account does not fit",
                advice: "leave out --platform, --client-id, --key-id, and --key, and write the accounts into the file"
            )
        }
        let isSchool = clientID?.uppercased().hasPrefix("SCHOOLAPI.") == true
        answers.platform = platform ?? (isSchool ? .school : .business)
        answers.clientID = clientID
        answers.keyID = keyID
        answers.key = try key.map { try UserPath($0, environment).forReference }
        let findings = AccountTrial(answers: answers, environment: environment).findings()
        if let problem = findings.problems.first {
            throw Failure(.usage, problem.message, advice: problem.hint)
        }
        for doubt in findings.doubts {
            var record = LogRecord(.warning, doubt.message)
            record.hint = doubt.hint
            Output.log(record)
        }
        if let destination {
            if purpose.assigns {
                throw Failure(.usage, "\(purpose.name) loads nothing", advice: "leave out --destination")
            }
            if Answers.hasPassword(destination) {
                throw Failure(
                    .usage,
                    "--destination contains a password, and every user can see command lines",
                    advice:
                        "leave it out and set \(purpose.databaseVariable ?? "DATABASE_URL"), or answer on a terminal"
                )
            }
            try answers.takeDestination(destination, of: purpose, environment)
        }
        return answers
    }
}

extension Platform: ExpressibleByArgument {}

import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Lists what works and what does not, from the key to the schedule, and what to do about it.",
        discussion: """
            Without a pipeline file it examines the account that AXPORT_CLIENT_ID, AXPORT_KEY_ID, and \
            AXPORT_PRIVATE_KEY_FILE name. It asks each endpoint of Apple that the extract stages use once, for at most \
            30 s for a source. It changes nothing: no destination, no inventory, no saved token.

            ✓ works, ! may be wrong or soon will be, ✗ fails, · is a fact or was not asked.

            With --key, it tests a new key before the old one is replaced.

            Exit codes: that of the worst ✗, as `axport run` would end with it; 0 if there is none.

            Examples:
              axport doctor nightly.axport.yaml
              axport doctor nightly.axport.yaml --offline --bundle report.txt
            """
    )

    @Argument(help: "Pipeline files. Default: the account in the environment.", completion: .pipelineFile)
    var files: [String] = []

    @OptionGroup var options: PipelineOptions

    @Flag(help: "Ask nothing outside this machine.")
    var offline = false

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Also write the findings and the latest runs to this file, to send it to somebody.",
            discussion: """
                Without secrets, IDs, serial numbers, addresses, and the names of users and of this machine. Only its \
                owner can read it.
                """,
            valueName: "FILE"
        ),
        completion: .file()
    )
    var bundle: String?

    @Option(
        help: ArgumentHelp("Test this private key in place of the source's.", valueName: "FILE"),
        completion: .file()
    )
    var key: String?

    @Option(help: ArgumentHelp("Key ID of the new key.", valueName: "ID"))
    var keyID: String?

    @Option(help: ArgumentHelp("Client ID of the new key, if it is of another API account.", valueName: "ID"))
    var clientID: String?

    func validate() throws {
        try PipelineFiles.requireDistinct(files)
        if key == nil, keyID != nil || clientID != nil {
            throw ValidationError("--key-id and --client-id require --key")
        }
        if key != nil, files.count > 1 { throw ValidationError("--key tests the key of one pipeline file") }
        if key?.contains("}") == true { throw ValidationError("--key: the path must not contain '}'") }
        if files.isEmpty, !options.overrides.isEmpty || !options.sources.names.isEmpty || options.sources.shard != nil {
            throw ValidationError("--set, --source, and --shard require a pipeline file")
        }
    }

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let bundle = try bundle.map { try DoctorBundle($0) }
            let report = try await Interrupt.cancelling { [self] () async throws -> DoctorReport in
                try await examine(at: now)
            }
            if json {
                try Output.answer(DoctorJSON(report, at: now).jsonLine)
            } else {
                try Output.answer(FindingStyle(Output.screen).applied(to: report.text))
            }
            let mask = Mask(Composition.environment.secrets, variables: Composition.environment.variables)
            try bundle?.write(report, at: now, hiding: mask)
            if report.code != .done { throw ExitCode(report.code.rawValue) }
        }
    }

    private func examine(at now: Timestamp) async throws -> DoctorReport {
        var newKey = key.map { NewKey(file: $0, keyID: keyID, clientID: clientID) }
        try newKey?.requireFile(in: Composition.environment)
        var report = DoctorReport()
        if files.isEmpty { report.files = [try await account(newKey, at: now)] }
        for file in files {
            let planning = Composition.planning(startedAt: now, choice: options.sources.choice)
            do {
                let text = try PipelineFiles(planning, overrides: options.overrides).text(of: file)
                try options.sources.check(against: planning.sourceNames(of: text))
                if newKey != nil { newKey?.oldFile = try oldKey(planning.examinable(text)) }
                let changed = options.overrides + (newKey?.overrides ?? [])
                let doctor = Doctor(now: now, isOffline: offline, newKey: newKey)
                report.files.append(
                    try await doctor.examine(
                        newKey == nil ? text : PipelineFiles(planning, overrides: changed).text(of: file),
                        file,
                        planning
                    )
                )
            } catch let failure as Failure where failure.code == .pipelineInvalid {
                report.files.append(DoctorReport.File(name: file, findings: [.fails("file", failure)]))
            }
        }
        return report.rewritten(Composition.environment.secrets.hiddenRuns)
    }

    /// The file of the key that a new one replaces.
    private func oldKey(_ file: ExaminableFile?) throws(Failure) -> String? {
        if file?.areSeveral != true || options.sources.names.count == 1 {
            return file?.sources.first?.plan.source.privateKey.file
        }
        throw Failure(.usage, "--key tests the key of one source", advice: "choose it with --source")
    }

    /// The account that the environment names.
    private func account(_ newKey: NewKey?, at now: Timestamp) async throws -> DoctorReport.File {
        var environment = Composition.environment
        environment.variables.merge(newKey?.variables ?? [:]) { $1 }
        let needed = ["AXPORT_CLIENT_ID", "AXPORT_KEY_ID", "AXPORT_PRIVATE_KEY_FILE"]
        guard needed.contains(where: { environment.variables[$0] != nil }) else {
            let nothing = Failure(
                .usage,
                "nothing is set: neither a pipeline file is named nor \(needed.joined(separator: ", ")) in the environment",
                advice: "name a pipeline file, or set these variables; `axport demo` needs no account"
            )
            return DoctorReport.File(name: nil, findings: [.fails("account", nothing)])
        }
        let planning = Composition.planning(startedAt: now, environment: environment, needsLoad: false)
        let text = PipelineText(
            command: "environment",
            sections: AccountVariables(environment).sections(coverage: false)
        )
        return try await Doctor(now: now, isOffline: offline, newKey: newKey).examine(text, nil, planning)
    }
}

import ArgumentParser
import Load
import Pipeline
import Records
import Stages

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Shows the fleet on one HTML page, or as text for a mail.",
        discussion: """
            The page has no scripts and requests nothing: devices by family, service, age, and capacity; when AppleCare \
            ends; changes; rejected values; the last runs. It counts all devices that the inventory knows, also those \
            that the transforms of the file leave out. Apple is not asked. With several sources, it is about all of \
            them, or about those of --source.

            Changes are those since the page that -o replaces, or else of the last \(FleetReport.usualDays) days. For \
            the same day and inventory, the page has the same bytes. A load `report` writes a page at the end of each run.

            Examples:
              axport report nightly.axport.yaml -o fleet.html
              axport report nightly.axport.yaml --text --since 1d
            """
    )

    @Argument(help: "Pipeline file.", completion: .pipelineFile)
    var file: String

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("File to write the page to. Default: stdout.", valueName: "FILE"),
        completion: .file(extensions: ["html"])
    )
    var output: String?

    @Flag(help: "Print the report as text, in lines that fit a mail. With -o, also write the page.")
    var text = false

    @Option(
        help: ArgumentHelp(
            "Show the changes since then: a day (UTC) such as 2026-11-27, or a duration such as 7d.",
            valueName: "DATE|DURATION"
        )
    )
    var since: String?

    @OptionGroup var at: AtOption

    @OptionGroup var options: PipelineOptions

    /// The file to write; nil for stdout.
    private var path: String? {
        output.flatMap { FilePlace.isStandardOutput($0) ? nil : FilePlace.absolute($0) }
    }

    func validate() throws {
        if text, output != nil, path == nil { throw ValidationError("--text and `-o -` both write to stdout") }
    }

    func run() async throws {
        try await reporting {
            let startedAt = Timestamp.now
            let now = at.moment ?? startedAt
            let planned = try options.files(startedAt: startedAt, at: at.moment)
                .plans(file, needsAllSources: false, sections: FleetReading.sections)
            try options.sources.check(against: planned.sourceNames)
            if let path, let use = planned.use(of: FilePlace.look(path)) {
                throw Failure(.usage, "--output: \(path) is \(use)", advice: "name another file")
            }
            let reading = FleetReading(now: now, earlier: path.flatMap(Self.page), since: try beginning(before: now))
            let document = try await Interrupt.cancelling { try await reading.report(of: planned.plans).document }
            if let path {
                let page = FleetPage(document).text
                try ReportFile(path).replace(with: page)
                Output.note("\(path): \(document.title), \(page.utf8.count / 1000) kB")
            } else if !text {
                try Output.answer(String(FleetPage(document).text.dropLast()))
            }
            if text {
                var answer = FleetText(document: document)
                if let columns = Output.screen.columns { answer.columns = columns }
                try Output.answer(answer.text)
            }
        }
    }

    private func beginning(before now: Timestamp) throws -> Timestamp? {
        try since.map { text in
            guard let since = Since(text) else { throw Since.refusal(text, "a day or a duration", now: now) }
            return since.moment(before: now)
        }
    }

    private static func page(_ path: String) -> String? {
        let bytes = try? FilePlace(path).ownBytes
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

import ArgumentParser
import Compare
import Inventory
import Load
import Pipeline
import Records
import Stages

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows which devices came, went, moved, got or lost coverage, or changed since a day or a run.",
        discussion: """
            Compares each device with what it was, without asking Apple: a value that changed and changed back is no \
            difference, and what Apple writes for its own books (updated_at, added_to_org_at) is left out. A device \
            that came is told once, with its service. Coverage counts as got or lost if AppleCare or a limited \
            warranty began or ended, or AppleCare took the place of a limited warranty.

            Runs record changes in the inventory, for as long as `keep_changes` says; `axport export --dataset changes` \
            has each one. Exit code 3 means that the record does not reach back that far.

            Examples:
              axport diff --from nightly.axport.yaml
              axport diff --since last --format csv
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

    @Option(
        help: ArgumentHelp(
            """
            A day (UTC) such as 2026-11-27, a duration such as 7d, or a run: its ID as in `axport runs`, the beginning \
            or the end of it. What that run found is included. Default: the last run that asked Apple, of each source.
            """,
            valueName: "DATE|DURATION|RUN"
        )
    )
    var since: String?

    @Option(help: "Format: table, csv, or json (one line).")
    var format = Format.table

    @OptionGroup var place: HistoryPlace

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let found = try DiffStart.all(since, of: place, now: now).map { try FoundDifferences($0, now: now) }
            switch format {
            case .table: try Output.tell(DiffOutput.table(found, Output.screen.tableColumns))
            // An answer ends with a line feed, and so does the file.
            case .csv: try Output.answer(String(DiffOutput.csv(found).unicodeScalars.dropLast()))
            case .json: try Output.answer(DiffJSON(found).jsonLine)
            }
            let short = found.filter(\.isShort)
            for one in short { Output.log(LogRecord(.warning, one.shortage)) }
            if !short.isEmpty { throw ExitCode(Outcome.partial.rawValue) }
        }
    }
}

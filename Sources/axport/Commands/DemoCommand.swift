import ArgumentParser
import Load
import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Runs a whole job on a simulated organization. Needs no Apple account and no database.",
        discussion: """
            Examples:
              axport demo
              axport demo --devices 50 --out trial
            """
    )

    @Option(help: ArgumentHelp("Folder for all files that the demo writes.", valueName: "DIR"), completion: .directory)
    var out = "out"

    @Option(help: "Number of devices of the simulated organization.")
    var devices = 500

    func validate() throws {
        if !(1...1_000_000).contains(devices) { throw ValidationError("--devices must be from 1 to 1000000") }
    }

    func run() async throws {
        try await reporting {
            let startedAt = Timestamp.now
            let folder = PathBase.Folder.chosen(FilePlace.absolute(out))
            let text = PipelineText(DemoPipeline.besideOutput(devices: devices), file: pipeline, in: folder)
            let plan = try Composition.planning(startedAt: startedAt).onePlan(for: text)
            try Output.tell(introduction)
            let report = try await Interrupt.cancelling {
                await FileRuns.report(plan, RunOptions(), startedAt: startedAt)
            }
            try Output.tell(Summary(report: report, columns: Output.screen.tableColumns).text)
            try report.exitUnlessDone()
            try keepPipeline()
            try Output.tell(DemoTables(folder: out).text(Output.screen.tableColumns))
            try Output.tell(closing)
        }
    }

    private var pipeline: String { "\(out)/demo.axport.yaml" }

    /// Keeps the pipeline file, so that the user can continue with it. Does not overwrite an edited file.
    private func keepPipeline() throws {
        let file = try ReportFile(pipeline)
        if let previous = file.previous, !DemoPipeline.isUnchanged(previous) { return }
        try file.replace(with: DemoPipeline.besideOutput(devices: devices))
    }

    private var introduction: String {
        """
        A simulated organization with \(counted(devices, "device")), served over HTTP as Apple does. axport reads it,
        normalizes the values, and loads them into SQLite, CSV, and NDJSON.

        """
    }

    private var closing: String {
        let axport = CommandLine.arguments.first ?? "axport"
        return """

            Written:
              \(pipeline)    the pipeline file of the demo
              \(out)/assets.sqlite       tables devices, coverage and servers
              \(out)/devices.csv         twelve columns, by serial number
              \(out)/devices.ndjson      every column, one JSON object per line
              \(out)/nac-allowlist.csv   hardware addresses for network access control
              \(out)/rejects.csv         rejected values, and why
              \(out)/inventory.sqlite    Apple's answers; the next run asks only for what is new

            Try next:
              \(axport) demo                    again: asks only for what is new
              \(axport) stages                  all stages and settings
              \(axport) preview \(pipeline)
              \(axport) export --from \(pipeline) --offline \\
                --where "product_family = 'iPhone' AND eid IS NOT NULL" --columns serial_number,imei1,eid
              \(axport) sandbox                 the simulated API, to try your own pipeline
            """
    }
}

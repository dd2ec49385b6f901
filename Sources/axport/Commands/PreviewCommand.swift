import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Shows the first rows before and after each stage, without writing anything.",
        discussion: """
            Rows come from the inventory if there is one. Otherwise axport reads a few devices into a temporary inventory.

            Examples:
              axport preview nightly.axport.yaml
              axport preview nightly.axport.yaml --rows 20
            """
    )

    @Argument(help: "Pipeline file.", completion: .pipelineFile)
    var file: String

    @Option(help: ArgumentHelp("Number of rows.", valueName: "N"))
    var rows = 5

    @OptionGroup var options: PipelineOptions

    @OptionGroup var at: AtOption

    func validate() throws {
        if !(1...1000).contains(rows) { throw ValidationError("--rows must be from 1 to 1000") }
    }

    func run() async throws {
        try await reporting {
            let startedAt = Timestamp.now
            let plan = try options.files(startedAt: startedAt, at: at.moment, needsLoad: false).onePlan(file)
            let steps = try await Self.steps(plan, rows: rows, startedAt: startedAt)
            for step in steps { try Output.tell(Self.text(step, Output.screen.tableColumns)) }
        }
    }

    private static func steps(_ plan: Plan, rows: Int, startedAt: Timestamp) async throws -> [PreviewStep] {
        if let inventoryPath = try? plan.inventoryPath, Inventory.exists(at: inventoryPath) {
            let steps = try await Inventory.withCopy(of: inventoryPath, identity: plan.source.identity) {
                inventory in
                try inventory.deviceCount > 0
                    ? try await plan.preview(inventory, rows: rows, startedAt: startedAt) : nil
            }
            if let steps { return steps }
        }
        try Composition.check(plan)
        let folder = FileManager.default.temporaryDirectory.path + "/axport-preview-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await Interrupt.cancelling {
            let inventory = try Inventory(path: folder + "/preview.sqlite", identity: plan.source.identity)
            defer { inventory.close() }
            try await plan.sample(
                into: inventory,
                rows: rows,
                startedAt: startedAt,
                connect: Composition.connect(.info)
            )
            return try await plan.preview(inventory, rows: rows, startedAt: startedAt)
        }
    }

    /// Wide tables are split into several tables. Each begins with the first column.
    private static func text(_ step: PreviewStep, _ columns: Int) -> String {
        var lines = ["", "── \(step.title)"]
        if step.rowsBefore != step.batch.count {
            lines.append("\(counted(step.rowsBefore, "row")) in, \(counted(step.batch.count, "row")) out")
        }
        if step.batch.count == 0 {
            lines.append("no rows")
        } else if step.columns.isEmpty {
            lines.append("nothing changed in these rows")
        }
        if step.batch.count > 0, !step.columns.isEmpty {
            let table = TextTable(step.schema, [step.batch], columns: step.columns)
            lines.append(table.parts(columns).joined(separator: "\n\n"))
        }
        for reject in step.rejects {
            lines.append(
                "rejected: \(reject.column) '\(reject.value)' of \(reject.serialNumber ?? "?"): \(reject.reason.meaning)"
            )
        }
        return lines.joined(separator: "\n")
    }
}

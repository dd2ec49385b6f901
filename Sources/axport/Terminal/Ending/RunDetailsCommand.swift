import Pipeline
import Records
import Stages

/// The command that shows what the stages of these runs did.
struct RunDetailsCommand: Sendable {
    /// Whether the command line has put the inventories elsewhere, where no other command would find them.
    let movesInventory: Bool

    /// Nil if nothing failed, or if no inventory has a record of it.
    func advice(_ reports: [RunReport]) -> String? {
        let failed = reports.filter { $0.code != .done && $0.inventory != nil }
        guard !movesInventory, let first = failed.first, let from = Self.from(failed) else { return nil }
        let runs = "\(Self.variable)axport runs"
        return failed.count == 1
            ? "`\(runs) show \(first.runID)\(from)` shows what each stage did"
            : "`\(runs) --latest --failed\(from)` lists these runs, and `\(runs) show ID\(from)` shows one"
    }

    /// A service has a default folder of its own, which a shell does not know.
    private static var variable: String {
        let name = "STATE_DIRECTORY"
        let folder = Composition.environment.variables[name] ?? ""
        return folder.isEmpty ? "" : "\(name)=\(folder.asShellWord) "
    }

    /// The option that names their inventories; empty where they are in the default folder, nil if it cannot be said.
    private static func from(_ reports: [RunReport]) -> String? {
        let folder = try? Composition.environment.inventoryFolder()
        let isUsual = reports.allSatisfy { report in
            report.inventory?.split(separator: "/").dropLast().elementsEqual((folder ?? "").split(separator: "/"))
                == true
        }
        if isUsual { return "" }
        let files = Set(reports.map(\.pipelineFile))
        guard let file = files.first, files.count == 1, file.hasPrefix("/") else { return nil }
        return " --from \(file.asShellWord)"
    }
}

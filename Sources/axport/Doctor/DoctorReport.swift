import Inventory
import Pipeline
import Records
import Stages

/// What `axport doctor` found.
struct DoctorReport: Sendable {
    struct File: Sendable {
        /// As the user named it; nil for the environment.
        let name: String?
        var pipeline: String?
        var findings: [Finding] = []
        var sources: [Source] = []
        var areSeveral = false

        /// The absolute path; nil without a file.
        var path: String? { name.flatMap { $0 == "-" ? nil : FilePlace.absolute($0) } }

        var all: [Finding] { findings + sources.flatMap(\.findings) }
    }

    struct Source: Sendable {
        let name: String
        let platform: Platform
        let inventoryPath: String?
        var findings: [Finding] = []

        init(_ source: ExaminableFile.Source) {
            name = source.plan.source.name
            platform = source.plan.source.platform
            inventoryPath = try? source.plan.inventoryPath
        }
    }

    var files: [File] = []

    private var all: [Finding] { files.flatMap(\.all) }
    var code: Outcome { all.worst }

    /// The same with all found text changed.
    func rewritten(_ change: (String) -> String) -> DoctorReport {
        var report = self
        for index in files.indices {
            report.files[index].findings = files[index].findings.map { $0.rewritten(change) }
            for source in files[index].sources.indices {
                report.files[index].sources[source].findings = files[index].sources[source].findings.map {
                    $0.rewritten(change)
                }
            }
        }
        return report
    }

    /// The latest runs of the sources' inventories, newest first.
    func latestRuns(_ most: Int) -> [RunRecord] {
        let paths = Set(files.flatMap(\.sources).compactMap(\.inventoryPath)).filter(Inventory.exists)
        let runs = paths.flatMap { (try? Inventory.runs(at: $0, limit: most)) ?? [] }
        return Array(runs.sorted { $0.startedAt > $1.startedAt }.prefix(most))
    }

    /// For people. Files with failures come last, and so do the failures of several sources.
    var text: String {
        let sorted = files.filter { $0.all.worst == .done } + files.filter { $0.all.worst != .done }
        return (sorted.map { DoctorText(file: $0).text } + [closing]).joined(separator: "\n\n")
    }

    private var closing: String {
        let failures = Set(all.filter { $0.code != nil }).count
        let doubts = Set(all.filter { $0.state == .doubtful }).count
        guard failures + doubts > 0 else { return "No problems were found." }
        let parts = [failures > 0 ? counted(failures, "problem") : nil, doubts > 0 ? counted(doubts, "warning") : nil]
        return parts.compactMap(\.self).joined(separator: ", ") + (failures > 0 ? " (exit code \(code.rawValue))" : "")
    }
}

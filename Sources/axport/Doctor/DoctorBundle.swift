import Inventory
import Load
import Pipeline
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A masked report to send to somebody: the findings, the latest runs, and the versions. The pipeline file is not in it.
struct DoctorBundle {
    private let path: String
    private let file: ReportFile

    private static let mostRuns = 10

    /// Tests the path.
    init(_ path: String) throws {
        self.path = path
        file = try ReportFile(private: path)
    }

    func write(_ report: DoctorReport, at now: Timestamp, hiding mask: Mask) throws {
        let system = ProcessInfo.processInfo.operatingSystemVersionString
        let latest = report.latestRuns(Self.mostRuns).map { run in
            let code = run.status == .done ? nil : run.exitCode.map { " (\($0))" }
            let failure = run.failure.map { ": \($0)" } ?? ""
            return "\(run.id) axport \(run.version), \(counted(run.counts.requests, "request")), "
                + "\(ProgressLine.duration(run.seconds)): \(run.status.rawValue)\(code ?? "")\(failure)".onOneLine
        }
        let text = """
            axport \(axportVersion) doctor at \(now)
            \(system)

            \(report.text)

            Latest runs:
            \(latest.isEmpty ? "none" : latest.joined(separator: "\n"))

            """
        try file.replace(with: mask.applied(to: text))
        Output.note("wrote \(path): read it before you send it to somebody")
    }
}

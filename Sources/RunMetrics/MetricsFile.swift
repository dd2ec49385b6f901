import Inventory
import Load
import Pipeline
import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file that reports the latest run of a pipeline for a source to Prometheus.
package struct MetricsFile {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// Replaces the file. A success in the old file stays in it, even if the inventory has no record of it.
    ///
    /// - Parameter inventory: nil if the source has none that could be found.
    package func replace(with report: RunReport, inventory: String?) throws {
        let file = try heldFile()
        let known = file.previous.flatMap { LastSuccess.read(from: $0, of: report) }
        try file.replace(
            with: RunNumbers(
                report: report,
                standing: inventory.flatMap { try? Inventory.standing(at: $0) },
                lastSuccess: LastSuccess.latest(report, known, inventory: inventory)
            ).text
        )
    }

    /// Locks the file until it is replaced, so that its contents stay current in the meantime.
    private func heldFile() throws -> ReportFile {
        var tries = 0
        while true {
            do {
                return try ReportFile(path, isForEverybody: true)
            } catch let failure as Failure where failure.code == .locked && tries < 100 {
                // Another run locks it for a few milliseconds.
                usleep(20_000)
                tries += 1
            }
        }
    }
}

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

/// The file that tells Prometheus of the latest run of a pipeline for a source.
package struct MetricsFile {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// Replaces the file. A success that it told of stays in it, also where the inventory knows nothing of it.
    ///
    /// - Parameter inventory: nil where the source has none that could be found.
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

    /// From here on until it is replaced, no other run writes it: what is read of it is still right then.
    private func heldFile() throws -> ReportFile {
        var tries = 0
        while true {
            do {
                return try ReportFile(path, isForEverybody: true)
            } catch let failure as Failure where failure.code == .locked && tries < 100 {
                // Another run holds it for some milliseconds.
                usleep(20_000)
                tries += 1
            }
        }
    }
}

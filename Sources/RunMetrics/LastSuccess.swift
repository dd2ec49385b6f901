import Inventory
import Pipeline
import Records

/// The latest run that finished everything and asked Apple.
enum LastSuccess {
    /// The latest known success. A time in the future, from a wrong clock, is ignored.
    ///
    /// - Parameter told: the success in the previous file.
    static func latest(_ report: RunReport, _ told: RunSuccess?, inventory: String?) -> RunSuccess? {
        let now = Timestamp.now
        let isSuccess = report.code == .done && report.counts.requests > 0
        let own = isSuccess ? RunSuccess(endedAt: report.endedAt ?? now, seconds: report.seconds) : nil
        let kept = inventory.flatMap {
            try? Inventory.lastSuccess(of: report.pipeline, source: report.source, at: $0, asOf: now)
        }
        return [told, own, kept].compactMap(\.self).filter { $0.endedAt <= now }.max { $0.endedAt < $1.endedAt }
    }

    /// The success in a metrics file for the same pipeline and source.
    static func read(from text: String, of report: RunReport) -> RunSuccess? {
        let labels = RunNumbers.labels(of: report)
        func value(of name: String) -> Double? {
            let beginning = MetricFamily.series(name, labels) + " "
            let line = text.split(separator: "\n").first { $0.hasPrefix(beginning) }
            return line.flatMap { Double($0.dropFirst(beginning.count)) }
        }
        guard let seconds = value(of: RunNumbers.lastSuccessName), seconds > 0, seconds < 1e12 else { return nil }
        return RunSuccess(
            endedAt: Timestamp(microseconds: Int64(seconds * 1_000_000)),
            seconds: value(of: RunNumbers.lastDurationName) ?? 0
        )
    }
}

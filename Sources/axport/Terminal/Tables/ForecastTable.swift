import Pipeline
import Records
import Stages

/// The requests that a run would send to Apple, as a table.
struct ForecastTable {
    let forecast: PlanForecast
    /// Set if a file has several sources.
    let showsSource: Bool

    /// - Parameter columns: the most characters of a table's line.
    func text(_ columns: Int) -> String {
        var table = TextTable(["stage", "requests for", "requests"], [.left, .left, .right], shortening: ["stage"])
        for stage in forecast.stages {
            for part in stage.forecast.parts {
                table.add([stage.name, part.what, part.requests.map(String.init) ?? "?"])
            }
        }
        let total = forecast.isComplete ? "\(forecast.known)" : "\(forecast.known) + ?"
        table.add(["total", forecast.isAtMost ? "at most" : "", total])
        var lines = (showsSource ? ["\(forecast.source.onOneLine):"] : []) + [table.text(columns), ""]
        for stage in forecast.stages {
            if let note = stage.forecast.note { lines.append("\(stage.name): \(note)") }
            if stage.forecast.heldBack > 0 {
                lines.append(
                    "\(stage.name): \(counted(stage.forecast.heldBack, "device waits", "devices wait")) for later runs"
                )
            }
        }
        return (lines + times).joined(separator: "\n")
    }

    private var times: [String] {
        guard forecast.isComplete else { return ["The time it takes is known after the first listing."] }
        func about(_ rate: Double) -> String { ProgressLine.duration(forecast.seconds(at: rate)) }
        var times = ["\(about(PlanForecast.slowestRate)) if Apple allows 20 requests a minute."]
        let allowed = forecast.learnedRate ?? .infinity
        if let rate = forecast.rate, rate < allowed {
            times.insert("About \(about(rate)) at the source's own rate.", at: 0)
        } else if let learned = forecast.learnedRate {
            times.insert("About \(about(learned)) at the pace that Apple last allowed.", at: 0)
        }
        return times + ["Devices that are new tonight are not included."]
    }
}

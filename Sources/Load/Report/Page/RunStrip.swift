/// The last runs as a row of bars, oldest first. Their heights differ as their colors do.
struct RunStrip {
    let strip: ReportDocument.Strip
    let id: String

    var html: String {
        let width = 20 * max(1, strip.runs.count)
        let bars = strip.runs.enumerated().map { place, run in
            let height = Self.height(of: run.outcome)
            return """
                <rect x="\(place * 20 + 2)" y="\(40 - height)" width="16" height="\(height)" class="\(run.outcome.rawValue)">\
                <title>\(run.name.escapedForHTML)</title></rect>
                """
        }
        return """
            <svg class="strip" viewBox="0 0 \(width) 40" preserveAspectRatio="xMinYMid meet" role="img" aria-labelledby="\(id)">
            <title id="\(id)">\(strip.caption.escapedForHTML) High bars are runs that did everything, low ones failed.</title>
            \(bars.joined(separator: "\n"))
            </svg>
            """
    }

    private static func height(of outcome: ReportDocument.Strip.Outcome) -> Int {
        switch outcome {
        case .done: 40
        case .partial: 26
        case .failed: 12
        case .other: 6
        }
    }
}

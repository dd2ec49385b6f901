/// A chart that is a table: each row has its numbers and a bar, so that nobody needs to see the bars.
struct BarTable {
    let bars: ReportDocument.Bars

    private static let colors = ["a", "b", "c"]

    var html: String {
        let longest = bars.rows.map { $0.counts.reduce(0, +) }.max() ?? 0
        return """
            <div class="wide chart"><table\(bars.series.count > 1 ? " class=\"sets\"" : "")>
            <caption>\(bars.caption.escapedForHTML)</caption>
            <thead><tr>\(header)</tr></thead>
            <tbody>
            \(bars.rows.map { row($0.name, $0.counts, longest: longest) }.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }

    private var header: String {
        let series = bars.series.enumerated().map { place, name in
            let key = bars.series.count > 1 ? Self.key(place) : ""
            return "<th scope=\"col\" class=\"n\">\(key)\(name.escapedForHTML)</th>"
        }
        let share = bars.whole == nil ? "" : "<th scope=\"col\" class=\"n\">Share</th>"
        return "<th scope=\"col\">\(bars.name.escapedForHTML)</th>\(series.joined())\(share)<td class=\"bar\"></td>"
    }

    private static func key(_ place: Int) -> String {
        let square = "<rect width=\"10\" height=\"10\" class=\"\(colors[place % colors.count])\"/>"
        return "<span class=\"key\"><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\">\(square)</svg></span>"
    }

    private func row(_ name: String, _ counts: [Int], longest: Int) -> String {
        let cells = counts.map { "<td class=\"n\">\(ReportDocument.number($0))</td>" }.joined()
        let sum = counts.reduce(0, +)
        let share = bars.whole.map { "<td class=\"n\">\(ReportDocument.share(sum, of: $0))</td>" } ?? ""
        let name = name.escapedForHTML
        return
            "<tr><th scope=\"row\">\(name)</th>\(cells)\(share)<td class=\"bar\">\(bar(name, counts, longest))</td></tr>"
    }

    /// Lengths are whole thousandths of the longest bar; what is there has at least two.
    private func bar(_ name: String, _ counts: [Int], _ longest: Int) -> String {
        var start = 0
        var parts = ""
        for (place, count) in counts.enumerated() where count > 0 {
            let length = max(2, count * 1000 / max(1, longest))
            parts +=
                "<rect x=\"\(start)\" width=\"\(length)\" height=\"10\" class=\"\(Self.colors[place % Self.colors.count])\"/>"
            start += length
        }
        let numbers = counts.map(ReportDocument.number).joined(separator: ", ")
        return """
            <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><title>\(name): \(numbers)</title>\(parts)</svg>
            """
    }
}

import Load

/// A report as the text of a mail, or for a terminal.
struct FleetText {
    /// So many rows of long tables; the page has the others.
    private static let mostRows = 15

    let document: ReportDocument
    /// The most characters of a line.
    var columns = 78

    var text: String {
        let head = ([document.title] + document.subtitles).map { $0.wrapped(to: columns, hanging: 0) }
        let sections = document.sections.map { section in
            let title = "\(section.title)\n" + String(repeating: "=", count: section.title.count)
            return ([title] + section.parts.compactMap { lines(of: $0) }).joined(separator: "\n\n")
        }
        return (head.joined(separator: "\n") + "\n\n") + sections.joined(separator: "\n\n")
    }

    private func lines(of part: ReportDocument.Part) -> String? {
        switch part {
        case .note(let text): text.wrapped(to: columns, hanging: 0)
        case .bars(let bars): heading(bars.caption) + Self.table(bars).text(columns)
        case .table(let table): lines(of: table)
        // The table below it says the same.
        case .strip: nil
        }
    }

    private func heading(_ caption: String) -> String {
        "\(caption):".wrapped(to: columns, hanging: 0) + "\n"
    }

    private static func table(_ bars: ReportDocument.Bars) -> TextTable {
        let share = bars.whole == nil ? [] : ["Share"]
        let header = [bars.name] + bars.series + share
        var table = TextTable(header, [.left] + header.dropFirst().map { _ in .right }, shortening: [bars.name])
        for row in bars.rows {
            let sum = row.counts.reduce(0, +)
            table.add(
                [row.name] + row.counts.map(ReportDocument.number)
                    + (bars.whole.map { [ReportDocument.share(sum, of: $0)] } ?? [])
            )
        }
        return table
    }

    private func lines(of table: ReportDocument.Table) -> String {
        let words = table.header.indices.filter { !table.numbers.contains($0) }.map { table.header[$0] }
        var shown = TextTable(
            table.header,
            table.header.indices.map { table.numbers.contains($0) ? .right : .left },
            shortening: words
        )
        for row in table.rows.prefix(Self.mostRows) { shown.add(row) }
        let rest = table.rows.count - Self.mostRows
        return heading(table.caption) + shown.text(columns) + (rest > 0 ? "\n… and \(rest) more on the page" : "")
    }
}

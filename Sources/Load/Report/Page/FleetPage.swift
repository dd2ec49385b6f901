/// A report as one HTML file: no script, no request, and no part of it is anywhere else.
package struct FleetPage {
    private let document: ReportDocument

    package init(_ document: ReportDocument) { self.document = document }

    package var text: String {
        let title = document.title.escapedForHTML
        let subtitles = document.subtitles.map { "<p>\($0.escapedForHTML)</p>" }.joined(separator: "\n")
        // The policy forbids requests also where somebody changes the page.
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="axport">
            \((document.marks.elements + ["<link rel=\"icon\" href=\"data:,\">"]).joined(separator: "\n"))
            <title>\(title)</title>
            <style>
            \(PageStyle.text)
            </style>
            </head>
            <body>
            <header>
            <h1>\(title)</h1>
            \(subtitles)
            </header>
            <main>
            \(document.sections.enumerated().map { Self.section($0.element, number: $0.offset + 1) }.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    private static func section(_ section: ReportDocument.Section, number: Int) -> String {
        let parts = section.parts.map { part in
            switch part {
            case .note(let text): "<p class=\"note\">\(text.escapedForHTML)</p>"
            case .bars(let bars): BarTable(bars: bars).html
            case .table(let table): html(of: table)
            case .strip(let strip): RunStrip(strip: strip, id: "runs\(number)").html
            }
        }
        return """
            <section aria-labelledby="s\(number)">
            <h2 id="s\(number)">\(section.title.escapedForHTML)</h2>
            \(parts.joined(separator: "\n"))
            </section>
            """
    }

    /// Whether the text must stay on one line: days and serial numbers do not survive a break.
    private static func isCode(_ text: String) -> Bool {
        text.utf8.count <= 20 && text.utf8.contains { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    private static func html(of table: ReportDocument.Table) -> String {
        // A phone shows its rows as paragraphs.
        let isWide = table.header.count - table.numbers.count > 2
        let header = table.header.enumerated().map { column, name in
            "<th scope=\"col\"\(table.numbers.contains(column) ? " class=\"n\"" : "")>\(name.escapedForHTML)</th>"
        }
        let rows = table.rows.map { row in
            let cells = row.enumerated().map { column, cell in
                if column == 0 {
                    return "<th scope=\"row\"\(isCode(cell) ? " class=\"k\"" : "")>\(cell.escapedForHTML)</th>"
                }
                let number = " class=\"n\"" + (isWide ? " data-name=\"\(table.header[column].escapedForHTML)\"" : "")
                let style = table.numbers.contains(column) ? number : isCode(cell) ? " class=\"k\"" : ""
                return "<td\(style)>\(cell.escapedForHTML)</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <div class="wide"><table class="data\(isWide ? " many" : "")">
            <caption>\(table.caption.escapedForHTML)</caption>
            <thead><tr>\(header.joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }
}

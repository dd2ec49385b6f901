import Records
import Stages

/// Serial numbers from a file: a CSV with the column `serial_number`, or one a line. Blanks, case, quotes, and a byte-order
/// mark do not matter.
package struct SerialList: Sendable, Hashable {
    package let path: String
    /// In the order of the file, each once, in uppercase.
    package let serials: [String]
    /// Cells that are no serial numbers, if the reader was to forgive them.
    package let others: [String]

    /// - Parameter forgives: whether also blanks within serial numbers, other names of the column, Excel's `="…"`, and cells
    ///   that are no serial numbers do not matter.
    /// - Throws: if the text is no such list; names the line.
    package init(_ text: String, path: String, forgives: Bool = false) throws(Problem) {
        self.path = path
        var column = 0
        var serials: [String] = []
        var others: [String] = []
        var seen: Set<String> = []
        var isFirst = true
        for (index, line) in text.trimmingPrefix("\u{FEFF}").split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        ).enumerated() {
            let cells = Self.cells(of: line)
            guard cells.contains(where: { !$0.isEmpty }) else { continue }
            if isFirst {
                isFirst = false
                if let found = cells.firstIndex(where: { Self.isHeader($0, forgives) }) {
                    column = found
                    continue
                }
                guard cells.count == 1 else {
                    throw Problem(
                        "\(path): no column is named \(Self.header)",
                        hint: "name its column of serial numbers '\(Self.header)', or write one serial number a line"
                    )
                }
            }
            let cell = column < cells.count ? cells[column] : ""
            let serial = (forgives ? Self.bare(cell) : cell).uppercased()
            if serial.isEmpty { continue }
            guard Self.isSerial(serial) else {
                if forgives {
                    others.append(cell)
                    continue
                }
                throw Problem(
                    "\(path):\(index + 1): '\(serial.prefix(64).description.controlsVisible)' is not a serial number",
                    hint: "serial numbers are letters and digits; remove this line"
                )
            }
            if seen.insert(serial).inserted { serials.append(serial) }
        }
        self.serials = serials
        self.others = others
    }

    private static let header = "serial_number"

    private static func isHeader(_ cell: String, _ forgives: Bool) -> Bool {
        if !forgives { return cell.lowercased() == header }
        let letters = cell.lowercased().filter(\.isLetter)
        return ["serialnumber", "serial", "serialno", "serialnr", "seriennummer"].contains(letters)
    }

    private static func isSerial(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// Without the blanks, and without Excel's formula around a text.
    private static func bare(_ cell: String) -> String {
        let text = cell.filter { !$0.isWhitespace && $0 != "\u{200B}" && $0 != "\u{FEFF}" }
        return text.hasPrefix("=") ? text.dropFirst().filter { $0 != "\"" } : text
    }

    /// The cells of a line of a CSV, without the blanks around them. Quoted cells do not span lines here.
    private static func cells(of line: Substring) -> [String] {
        let separators: [Character] = [",", ";", "\t"]
        let separator = separators.max { left, right in
            line.count { $0 == left } < line.count { $0 == right }
        }
        var records = CSVRecords(line, separator: separator ?? ",")
        return records.next() ?? []
    }
}

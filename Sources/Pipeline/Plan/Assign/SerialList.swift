import Records
import Stages

/// Serial numbers from a file: a CSV with the column `serial_number`, or one a line. Blanks, case, quotes, and a byte-order
/// mark do not matter.
package struct SerialList: Sendable, Hashable {
    package let path: String
    /// In the order of the file, each once, in uppercase.
    package let serials: [String]

    /// - Throws: if the text is no such list; names the line.
    package init(_ text: String, path: String) throws(Problem) {
        self.path = path
        var column = 0
        var serials: [String] = []
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
                if let found = cells.firstIndex(where: { $0.lowercased() == Self.header }) {
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
            let serial = (column < cells.count ? cells[column] : "").uppercased()
            if serial.isEmpty { continue }
            guard serial.utf8.count <= 64, serial.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
                throw Problem(
                    "\(path):\(index + 1): '\(serial.prefix(64).description.controlsVisible)' is not a serial number",
                    hint: "serial numbers are letters and digits; remove this line"
                )
            }
            if seen.insert(serial).inserted { serials.append(serial) }
        }
        self.serials = serials
    }

    private static let header = "serial_number"

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

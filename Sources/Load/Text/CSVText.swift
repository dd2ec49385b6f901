/// A small CSV file as a text, for commands that print one: as the load `csv` writes it by default.
package enum CSVText {
    /// A missing cell is an empty field; an empty text is `""`.
    package static func written(_ header: [String], _ rows: [[String?]]) -> String {
        let field = CSVField(profile: .machine)
        var output: [UInt8] = []
        for row in [header.map(Optional.some)] + rows {
            for (index, cell) in row.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                guard let cell else { continue }
                // A field may have quotes here, so that every text can be written.
                try? Array(cell.utf8).withUnsafeBufferPointer {
                    try field.append($0, isIdentifier: false, to: &output)
                }
            }
            output.append(contentsOf: LineEnding.crlf.bytes)
        }
        return String(decoding: output, as: UTF8.self)
    }
}

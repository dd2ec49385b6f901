import Records

/// A text as a cell of a workbook holds it.
enum WorkbookText {
    /// The text, terminated. XML has no NUL, U+FFFE, and U+FFFF, and Excel reads `_x0041_` as a character.
    static func terminated(_ text: some Sequence<UInt8>) -> [CChar] {
        var cell: [UInt8] = []
        for byte in text where byte != 0 {
            cell.append(byte)
            if byte == 0xBE || byte == 0xBF, cell.suffix(3).starts(with: [0xEF, 0xBF]) {
                cell[cell.count - 1] = 0xBD
            } else if byte == underscore, endsInEscape(cell) {
                cell.replaceSubrange((cell.count - 7)..<(cell.count - 6), with: "_x005F_".utf8)
            }
        }
        return cell.map(CChar.init(bitPattern:)) + [0]
    }

    private static let underscore = UInt8(ascii: "_")

    /// Whether it ends in `_xHHHH_`.
    private static func endsInEscape(_ text: [UInt8]) -> Bool {
        let end = text.suffix(7)
        return end.count == 7 && end.starts(with: "_x".utf8)
            && end.dropFirst(2).prefix(4).allSatisfy { $0.hexDigit != nil }
    }
}

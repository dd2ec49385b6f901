import Records

/// Lists in CSV. A file of changes has the column `change` before the others.
struct CSVList: ListSyntax {
    let names: [String]
    /// Position of the column that identifies a row.
    let key: Int
    let format: CSVFormat
    let delimiter: UInt8
    let lineEnding: [UInt8]
    let hasHeader: Bool

    /// The list's own header, with the new column in it.
    var preamble: [UInt8] {
        let own = format.preamble
        guard hasHeader else { return own }
        let mark = own.starts(with: Reader.byteOrderMark) ? Reader.byteOrderMark : []
        return mark + Array(RowChange.column.utf8) + [delimiter] + own.dropFirst(mark.count)
    }

    var postamble: [UInt8] { [] }

    func append(_ change: RowChange, _ row: [UInt8], isFirst: Bool, to output: inout [UInt8]) {
        output += Array(change.rawValue.utf8) + [delimiter] + row + lineEnding
    }

    func reader(hasChanges: Bool) -> any ListReader { Reader(list: self, hasChanges: hasChanges) }

    struct Reader: ListReader {
        private let list: CSVList
        private let hasChanges: Bool
        private var isFirst = true
        /// The file's position of each column; nil if it has no such column.
        private var places: [Int?]

        static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        private static let quoteMark = UInt8(ascii: "\"")

        init(list: CSVList, hasChanges: Bool) {
            self.list = list
            self.hasChanges = hasChanges
            places = list.names.indices.map { $0 + (hasChanges ? 1 : 0) }
        }

        var quote: UInt8? { list.format.quote }

        mutating func row(in line: ArraySlice<UInt8>) throws(UnlikeList) -> ListedRow? {
            var line = line
            if isFirst, line.starts(with: Self.byteOrderMark) { line = line.dropFirst(3) }
            if line.last == 0x0D { line = line.dropLast() }
            let fields = fields(of: line)
            defer { isFirst = false }
            if isFirst, list.hasHeader {
                try bind(to: fields.map { String(decoding: Self.value(of: $0), as: UTF8.self) })
                return nil
            }
            guard let key = places[list.key], key < fields.count else {
                throw UnlikeList(cause: "a row has \(counted(fields.count, "value"))")
            }
            var change: RowChange?
            if hasChanges {
                change = RowChange(rawValue: String(decoding: Self.value(of: fields[0]), as: UTF8.self))
                if change == nil { throw UnlikeList(cause: "a row begins with none of new, changed, and gone") }
            }
            let texts = places.map { place in place.flatMap { $0 < fields.count ? fields[$0] : nil } ?? [] }
            return ListedRow(
                key: Self.value(of: fields[key]),
                text: Array(texts.joined(separator: [list.delimiter])),
                change: change
            )
        }

        /// Columns may have been added or dropped since.
        private mutating func bind(to names: [String]) throws(UnlikeList) {
            places = list.names.map { name in names.dropFirst(hasChanges ? 1 : 0).firstIndex(of: name) }
            if places[list.key] == nil || (hasChanges && names.first != RowChange.column) {
                throw UnlikeList(cause: "it has no column '\(list.names[list.key])'")
            }
        }

        /// The fields as they stand there, with their quotes.
        private func fields(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
            var fields: [ArraySlice<UInt8>] = []
            var isQuoted = false
            var start = line.startIndex
            for index in line.indices {
                if line[index] == quote { isQuoted.toggle() }
                guard line[index] == list.delimiter, !isQuoted else { continue }
                fields.append(line[start..<index])
                start = index + 1
            }
            return fields + [line[start...]]
        }

        /// The value of a field, without its quotes.
        private static func value(of field: ArraySlice<UInt8>) -> [UInt8] {
            guard field.count >= 2, field.first == quoteMark, field.last == quoteMark else { return Array(field) }
            var value: [UInt8] = []
            var isSecond = false
            for byte in field.dropFirst().dropLast() {
                isSecond = byte == quoteMark && !isSecond
                if !isSecond { value.append(byte) }
            }
            return value
        }
    }
}

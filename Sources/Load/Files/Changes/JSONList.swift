import Records

/// Lists in JSON, with one row on each line. In a file of changes each row is an object that begins with `change`.
struct JSONList: ListSyntax {
    /// The column that identifies a row.
    let key: String
    /// The text before the first row and around the others; nil for a file of lines without a frame.
    let frame: Frame?
    /// Whether a row is the value of the key itself, not an object.
    let isValue: Bool

    struct Frame: Sendable {
        let preamble: [UInt8]
    }

    var preamble: [UInt8] { frame == nil ? [] : Array("[\n".utf8) }
    var postamble: [UInt8] { frame == nil ? [] : Array("\n]\n".utf8) }

    func append(_ change: RowChange, _ row: [UInt8], isFirst: Bool, to output: inout [UInt8]) {
        if frame != nil, !isFirst { output += Array(",\n".utf8) }
        output += lead(change) + (isValue ? row + [UInt8(ascii: "}")] : Array(row.dropFirst()))
        if frame == nil { output.append(0x0A) }
    }

    /// What stands in place of a row's brace, or before its value.
    private func lead(_ change: RowChange) -> [UInt8] {
        var lead = Array("{\"\(RowChange.column)\":\"\(change.rawValue)\",".utf8)
        guard isValue else { return lead }
        JSONText.append(string: key, to: &lead)
        return lead + [UInt8(ascii: ":")]
    }

    func reader(hasChanges: Bool) -> any ListReader {
        Reader(
            list: self,
            hasChanges: hasChanges,
            before: hasChanges ? Array(preamble.dropLast()) : frame?.preamble ?? []
        )
    }

    private struct Reader: ListReader {
        let list: JSONList
        let hasChanges: Bool
        /// The lines that must come before the first row.
        private var before: ArraySlice<UInt8>
        private var isOver = false
        private let reader = JSONReader()

        init(list: JSONList, hasChanges: Bool, before: [UInt8]) {
            self.list = list
            self.hasChanges = hasChanges
            self.before = before[...]
        }

        var quote: UInt8? { nil }

        mutating func row(in line: ArraySlice<UInt8>) throws(UnlikeList) -> ListedRow? {
            if !before.isEmpty {
                guard before.prefix(while: { $0 != 0x0A }).elementsEqual(line) else {
                    throw UnlikeList(cause: "it begins otherwise")
                }
                before = before.dropFirst(line.count + 1)
                return nil
            }
            isOver = isOver || list.frame != nil && line.first == UInt8(ascii: "]")
            if isOver || line.isEmpty { return nil }
            let text = Array(list.frame != nil && line.last == UInt8(ascii: ",") ? line.dropLast() : line)
            if !hasChanges { return ListedRow(key: try key(of: text), text: text) }
            for change in RowChange.allCases {
                let lead = list.lead(change)
                guard text.starts(with: lead) else { continue }
                let rest = Array(text.dropFirst(lead.count))
                let row = list.isValue ? Array(rest.dropLast()) : [UInt8(ascii: "{")] + rest
                return ListedRow(key: try key(of: row), text: row, change: change)
            }
            throw UnlikeList(cause: "a row begins with none of new, changed, and gone")
        }

        private func key(of row: [UInt8]) throws(UnlikeList) -> [UInt8] {
            if list.isValue { return row }
            var key: [UInt8]?
            try? row.withUnsafeBufferPointer { row in
                try reader.members(row) { member in
                    if member.name == list.key { key = Array(member.text) }
                }
            }
            guard let key else { throw UnlikeList(cause: "a row has no member '\(list.key)'") }
            return key
        }
    }
}

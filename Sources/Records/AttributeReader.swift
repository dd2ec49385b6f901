#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads the `attributes` object of one of Apple's resources into a row of a batch.
///
/// A single value is read where a list is expected, and the reverse: Apple has sent both (Rules/README.md section 1).
/// A value that does not fit its column is reported and its cell stays empty. A member without a column goes to
/// `extra`. Not shared between tasks.
package final class AttributeReader {
    private struct Column {
        /// The position of its name in ``keys``.
        let key: Range<Int>
        let index: Int
        let type: ValueType
        let isIdentifier: Bool
    }

    private let schema: Schema
    private let stage: String
    private let columns: [Column]
    /// The names of all columns. One array for each name would be retained for each member that is read.
    private let keys: [UInt8]
    private let extraIndex: Int?
    private let reader = JSONReader()
    private let elementReader = JSONReader()
    /// Columns of the previous object's members: most objects have the same members in the same order.
    private var expected: [Int?] = []
    /// Whether the current object has no character that makes a text incomplete.
    private var isPlain = false

    package init(schema: Schema, stage: String) {
        self.schema = schema
        self.stage = stage
        extraIndex = schema.fields.firstIndex { $0.name == "extra" }
        var columns: [Column] = []
        var keys: [UInt8] = []
        for (index, field) in schema.fields.enumerated() where !field.path.isEmpty {
            for name in [field.path] + field.aliases {
                let start = keys.count
                keys += name.utf8
                let isIdentifier = field.role == .identifier
                columns.append(
                    Column(key: start..<keys.count, index: index, type: field.type, isIdentifier: isIdentifier)
                )
            }
        }
        self.columns = columns
        self.keys = keys
    }

    package func read(
        _ attributes: UnsafeBufferPointer<UInt8>,
        into batch: inout Batch,
        row: Int,
        serialNumber: String,
        rejects: inout [Reject]
    ) throws {
        var extra: [UInt8] = []
        var position = 0
        // Moved into a local variable, so that Swift does not check each access for exclusivity.
        var expected: [Int?] = []
        swap(&expected, &self.expected)
        defer { self.expected = expected }
        isPlain = attributes.isPlainJSON
        func reject(_ column: Int, _ reason: Reason, _ value: String) {
            rejects.append(
                Reject(
                    dataset: schema.name,
                    serialNumber: serialNumber,
                    column: schema.fields[column].name,
                    reason: reason,
                    // U+0000 cannot be stored.
                    value: value.replacing("\0", with: #"\u0000"#),
                    stage: stage
                )
            )
        }
        /// Keeps a member that has no column.
        func keep(_ member: JSONMember) {
            if isPlain || (member.key.isWholeText && isWhole(member)) { return append(member, to: &extra) }
            guard let extraIndex else { return }
            var whole: [UInt8] = []
            append(member, to: &whole)
            reject(extraIndex, .invalidText, String(decoding: whole + [UInt8(ascii: "}")], as: UTF8.self))
        }
        try reader.members(attributes) { member in
            defer { position += 1 }
            guard let found = column(of: member.key, at: position, &expected) else {
                keep(member)
                return
            }
            let column = columns[found].index
            // If an attribute comes under two names, the first value stays and the second goes to `extra`.
            if batch.holdsValue(column, row) {
                if !member.isNull { keep(member) }
                return
            }
            batch[column, row] = convert(member, for: columns[found], in: &batch) { reject(column, $0, $1) }
        }
        if let extraIndex, !extra.isEmpty {
            extra.append(UInt8(ascii: "}"))
            batch[extraIndex, row] = batch.text(extra)
        }
    }

    private func column(of key: UnsafeBufferPointer<UInt8>, at position: Int, _ expected: inout [Int?]) -> Int? {
        if position < expected.count, let guess = expected[position], isName(of: columns[guess], key) { return guess }
        let found = columns.firstIndex { isName(of: $0, key) }
        while expected.count <= position { expected.append(nil) }
        expected[position] = found
        return found
    }

    private func isName(of column: Column, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        keys.withUnsafeBufferPointer { keys in
            guard column.key.count == name.count else { return false }
            guard let keys = keys.baseAddress, let name = name.baseAddress else { return true }
            return memcmp(keys + column.key.lowerBound, name, column.key.count) == 0
        }
    }

    private func append(_ member: JSONMember, to extra: inout [UInt8]) {
        extra.append(UInt8(ascii: extra.isEmpty ? "{" : ","))
        JSONText.append(string: member.key.span, to: &extra)
        extra.append(UInt8(ascii: ":"))
        JSONText.append(member, to: &extra)
    }

    private typealias Rejecting = (_ reason: Reason, _ value: String) -> Void

    private func isWhole(_ member: JSONMember) -> Bool {
        if isPlain { return true }
        if case .string = member.kind { return member.text.isWholeText }
        return member.text.isWholeJSON
    }

    private func convert(
        _ member: JSONMember,
        for column: Column,
        in batch: inout Batch,
        rejecting: Rejecting
    ) -> Cell {
        if member.isNull { return .null }
        switch column.type {
        case .textList: return list(member, in: &batch, rejecting: rejecting)
        case .json:
            guard isWhole(member) else {
                rejecting(.invalidText, member.string)
                return .null
            }
            var text: [UInt8] = []
            JSONText.append(member, to: &text)
            return batch.text(text)
        default: break
        }
        var (cell, problem) = (Cell.null, Reason?.none)
        if case .array = member.kind {
            var count = 0
            try? elementReader.members(member.text) { element in
                if count == 0 { (cell, problem) = scalar(element, for: column, in: &batch) }
                count += 1
            }
            // Nothing says which of them is right.
            if count > 1 { (cell, problem) = (.null, .multipleValues) }
        } else {
            (cell, problem) = scalar(member, for: column, in: &batch)
        }
        if let problem { rejecting(problem, member.string) }
        return cell
    }

    private func scalar(_ member: JSONMember, for column: Column, in batch: inout Batch) -> (Cell, Reason?) {
        switch (column.type, member.kind) {
        case (_, .null): return (.null, nil)
        case (.text, .string), (.mac, .string): return text(member.text, in: &batch)
        case (.text, .number) where !column.isIdentifier: return (batch.text(member.text), nil)
        case (.boolean, .boolean(let flag)): return (.boolean(flag), nil)
        case (.integer, .number), (.integer, .string):
            return Int64(member.string).map { (.integer($0), nil) } ?? (.null, .type)
        case (.real, .number): return Double(member.string).map { (.real($0), nil) } ?? (.null, .type)
        case (.timestamp, .string):
            let verdict = Timestamp.parse(member.text.span)
            return (verdict.value.map { .timestamp($0.microseconds) } ?? .null, verdict.isValid ? nil : verdict.reason)
        default: return (.null, .type)
        }
    }

    /// Blank text counts as missing.
    private func text(_ text: UnsafeBufferPointer<UInt8>, in batch: inout Batch) -> (Cell, Reason?) {
        // Few texts begin with a byte that may start a blank.
        guard let first = text.first else { return (.null, nil) }
        if !(0x21..<0x7F ~= first), text.span.trimmedRange.isEmpty { return (.null, nil) }
        return isPlain || text.isWholeText ? (batch.text(text), nil) : (.null, .invalidText)
    }

    /// A compact JSON array; numbers stay numbers, so that a normalizer can distinguish them from text.
    private func list(_ member: JSONMember, in batch: inout Batch, rejecting: Rejecting) -> Cell {
        if case .array = member.kind, JSONText.isPlainTextList(member.text.span) { return batch.text(member.text) }
        var text = [UInt8(ascii: "[")]
        func append(_ element: JSONMember) {
            if element.isNull { return }
            guard isWhole(element) else { return rejecting(.invalidText, element.string) }
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            JSONText.append(element, to: &text)
        }
        if case .array = member.kind {
            try? elementReader.members(member.text) { append($0) }
        } else if !member.text.isEmpty {
            append(member)
        }
        text.append(UInt8(ascii: "]"))
        return batch.text(text)
    }
}

extension Batch {
    /// Whether the cell has a value other than an empty list.
    fileprivate func holdsValue(_ column: Int, _ row: Int) -> Bool {
        switch self[column, row] {
        case .null: false
        case .text(let text): text.count > 2 || !bytes[text.range].elementsEqual("[]".utf8)
        default: true
        }
    }
}

extension JSONText {
    /// Appends the value of a member as JSON.
    package static func append(_ member: JSONMember, to output: inout [UInt8]) {
        if case .string = member.kind {
            append(string: member.text.span, to: &output)
        } else {
            output.append(contentsOf: member.text)
        }
    }
}

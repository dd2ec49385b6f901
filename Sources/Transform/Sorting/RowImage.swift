import Records

/// Converts a row to bytes and back.
struct RowImage {
    private(set) var bytes: [UInt8] = []

    private enum Kind: UInt8 { case null, text, integer, real, no, yes, timestamp, date }

    mutating func set(_ row: Int, of batch: Batch) {
        bytes.removeAll(keepingCapacity: true)
        for column in batch.columns {
            switch column[row] {
            case .null: bytes.append(Kind.null.rawValue)
            case .text(let text):
                append(.text, UInt32(text.count))
                bytes.append(contentsOf: batch.bytes[text.range])
            case .integer(let number): append(.integer, number)
            case .real(let number): append(.real, number.bitPattern)
            case .boolean(let flag): bytes.append((flag ? Kind.yes : .no).rawValue)
            case .timestamp(let moment): append(.timestamp, moment)
            case .date(let day): append(.date, day)
            }
        }
    }

    private mutating func append(_ kind: Kind, _ number: some FixedWidthInteger) {
        bytes.append(kind.rawValue)
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Adds the row to a batch; `image` was written by ``set(_:of:)``.
    static func append(_ image: UnsafeBufferPointer<UInt8>, to batch: inout Batch) {
        var reader = Reader(rest: UnsafeRawBufferPointer(image)[...])
        batch.appendRow()
        for column in batch.columns.indices {
            batch[column, batch.count - 1] =
                switch reader.kind() {
                case .null: .null
                case .text: batch.text(reader.bytes(Int(reader.number(UInt32.self))))
                case .integer: .integer(reader.number(Int64.self))
                case .real: .real(Double(bitPattern: reader.number(UInt64.self)))
                case .no: .boolean(false)
                case .yes: .boolean(true)
                case .timestamp: .timestamp(reader.number(Int64.self))
                case .date: .date(reader.number(Int32.self))
                }
        }
    }

    private struct Reader {
        var rest: Slice<UnsafeRawBufferPointer>

        mutating func kind() -> Kind { rest.popFirst().flatMap(Kind.init) ?? .null }

        mutating func bytes(_ count: Int) -> Slice<UnsafeRawBufferPointer> {
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
            UnsafeRawBufferPointer(rebasing: bytes(MemoryLayout<Number>.size)).loadUnaligned(as: type)
        }
    }
}

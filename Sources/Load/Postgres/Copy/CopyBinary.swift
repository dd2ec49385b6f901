import Records

/// Writes rows in the binary format of PostgreSQL's COPY
/// (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"). Numbers are big-endian.
struct CopyBinary: Sendable {
    let types: [CopyType]
    /// Whether the last field says that the device left.
    let writesFlag: Bool

    /// The signature, no flags, and no extension. There is no trailer: the end of the data is one, too.
    static let preamble: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + Array(repeating: 0, count: 8)

    private static let null: Int32 = -1
    /// 2000-01-01, where PostgreSQL's calendar begins.
    private static let epochDay: Int32 = 10_957
    private static let epochMicroseconds = Int64(epochDay) * 86_400_000_000
    /// The `pg_type.oid` of text.
    private static let textType: Int32 = 25
    private static let jsonbVersion: UInt8 = 1
    /// What stands before the elements of an array: the size of the field, the number of dimensions, whether there are
    /// nulls, the type, the number of elements, and the first index.
    private static let arrayHeader = [0, 1, 0, textType, 0, 1].reduce(into: [UInt8]()) { $0.append(bigEndian: $1) }

    func rows(_ batch: Batch) throws -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(batch.bytes.count + batch.count * (types.count * 12 + 8))
        var cells = CellBlock(batch)
        let lists = TextList()
        let fields = Int16(types.count + (writesFlag ? 1 : 0))
        try batch.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<batch.count {
                let start = cells.start(of: row)
                output.append(bigEndian: fields)
                for (column, type) in types.enumerated() {
                    let cell = cells[start + column]
                    if cell.isNull {
                        output.append(bigEndian: Self.null)
                    } else {
                        try append(cell, as: type, from: bytes, lists, to: &output)
                    }
                }
                if writesFlag { append(batch.isRemoved, to: &output) }
            }
        }
        return output
    }

    private func append(
        _ cell: Cell,
        as type: CopyType,
        from bytes: UnsafeBufferPointer<UInt8>,
        _ lists: TextList,
        to output: inout [UInt8]
    ) throws {
        switch (type, cell) {
        case (.text, .text(let text)): append(UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
        case (.timestamptz, .timestamp(let moment)): output.append(value: moment - Self.epochMicroseconds)
        case (.date, .date(let day)): output.append(value: day - Self.epochDay)
        case (.int8, .integer(let number)): output.append(value: number)
        case (.float8, .real(let number)): output.append(value: number.bitPattern)
        case (.bool, .boolean(let flag)): append(flag, to: &output)
        case (.macaddr, .text(let text)):
            output.append(bigEndian: Int32(6))
            try append(address: UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
        case (.jsonb, .text(let text)):
            let start = output.count
            output.append(bigEndian: Int32(0))
            output.append(Self.jsonbVersion)
            CopyJSON(writesCharacters: false).append(UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
            output.set(Int32(output.count - start - 4), at: start)
        case (.textArray, .text(let text)):
            try append(list: UnsafeBufferPointer(rebasing: bytes[text.range]), lists, to: &output)
        default:
            throw Failure(.destinationFailed, "a value is not of its column's type; nothing was changed")
        }
    }

    /// Omits NUL, which no text in PostgreSQL can contain.
    private func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard text.contains(0) else {
            output.append(bigEndian: Int32(text.count))
            output.append(contentsOf: text)
            return
        }
        let whole = text.filter { $0 != 0 }
        output.append(bigEndian: Int32(whole.count))
        output.append(contentsOf: whole)
    }

    private func append(_ flag: Bool, to output: inout [UInt8]) {
        output.append(bigEndian: Int32(1))
        output.append(flag ? 1 : 0)
    }

    /// An array of one dimension, from 1; an empty one has none.
    private func append(list: UnsafeBufferPointer<UInt8>, _ lists: TextList, to output: inout [UInt8]) throws {
        let start = output.count
        output.append(contentsOf: Self.arrayHeader)
        var count: Int32 = 0
        try lists.elements(list) { element in
            count += 1
            if let element {
                append(element, to: &output)
            } else {
                output.set(Int32(1), at: start + 8)
                output.append(bigEndian: Self.null)
            }
        }
        if count == 0 {
            output.removeLast(8)
            output.set(Int32(0), at: start + 4)
        } else {
            output.set(count, at: start + 16)
        }
        output.set(Int32(output.count - start - 4), at: start)
    }

    private func append(address text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) throws {
        var address: UInt64 = 0
        var count = 0
        for case let digit? in text.lazy.map(\.hexDigit) {
            address = address << 4 | UInt64(digit)
            count += 1
        }
        guard count == 12 else {
            throw Failure(.destinationFailed, "a value is not a MAC address; nothing was changed")
        }
        output.append(bigEndian: UInt16(address >> 32))
        output.append(bigEndian: UInt32(truncatingIfNeeded: address))
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    /// A field with a number.
    fileprivate mutating func append(value number: some FixedWidthInteger) {
        append(bigEndian: Int32(number.bitWidth / 8))
        append(bigEndian: number)
    }

    /// Replaces four bytes by a number.
    fileprivate mutating func set(_ number: Int32, at place: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: number.bigEndian, toByteOffset: place, as: Int32.self) }
    }
}

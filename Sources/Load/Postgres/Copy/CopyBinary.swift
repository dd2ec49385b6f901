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
    private static let arrayHeader: [Int32] = [0, 1, 0, textType, 0, 1]

    func rows(_ batch: Batch) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: room(for: batch)) { memory, count in
            var output = CopyRoom(memory)
            try write(batch, to: &output)
            count = output.count
        }
    }

    /// Enough for the rows: a field needs four bytes more than its text, and at most twelve without one. An element of
    /// an array needs at most four bytes for each of its own and of its comma.
    private func room(for batch: Batch) -> Int {
        let fields = batch.count * ((types.count + 1) * 12 + 2)
        return zip(types, batch.columns).reduce(fields) { room, column in
            let isList = column.0 == .textArray
            return column.1.reduce(room) { room, cell in
                guard case .text(let text) = cell else { return room }
                return room + (isList ? 4 * Int(text.count) + 12 : Int(text.count))
            }
        }
    }

    private func write(_ batch: Batch, to output: inout CopyRoom) throws {
        var cells = CellBlock(batch)
        let lists = TextList()
        let fields = Int16(types.count + (writesFlag ? 1 : 0))
        try batch.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<batch.count {
                let start = cells.start(of: row)
                output.append(fields)
                for (column, type) in types.enumerated() {
                    let cell = cells[start + column]
                    if cell.isNull {
                        output.append(Self.null)
                    } else {
                        try append(cell, as: type, from: bytes, lists, to: &output)
                    }
                }
                if writesFlag { append(batch.isRemoved, to: &output) }
            }
        }
    }

    private func append(
        _ cell: Cell,
        as type: CopyType,
        from bytes: UnsafeBufferPointer<UInt8>,
        _ lists: TextList,
        to output: inout CopyRoom
    ) throws {
        switch (type, cell) {
        case (.text, .text(let text)): append(UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
        case (.timestamptz, .timestamp(let moment)): output.append(field: moment - Self.epochMicroseconds)
        case (.date, .date(let day)): output.append(field: day - Self.epochDay)
        case (.int8, .integer(let number)): output.append(field: number)
        case (.float8, .real(let number)): output.append(field: number.bitPattern)
        case (.bool, .boolean(let flag)): append(flag, to: &output)
        case (.macaddr, .text(let text)):
            output.append(Int32(6))
            try append(address: UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
        case (.jsonb, .text(let text)):
            let start = output.count
            output.append(Int32(0))
            output.append(Self.jsonbVersion)
            append(json: UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
            output.place(Int32(output.count - start - 4), at: start)
        case (.textArray, .text(let text)):
            try append(list: UnsafeBufferPointer(rebasing: bytes[text.range]), lists, to: &output)
        default:
            throw Failure(.destinationFailed, "a value is not of its column's type; nothing was changed")
        }
    }

    /// Omits NUL, which no text in PostgreSQL can contain.
    private func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout CopyRoom) {
        guard text.contains(0) else {
            output.append(Int32(text.count))
            output.append(text)
            return
        }
        let whole = text.filter { $0 != 0 }
        output.append(Int32(whole.count))
        whole.withUnsafeBufferPointer { output.append($0) }
    }

    private func append(json: UnsafeBufferPointer<UInt8>, to output: inout CopyRoom) {
        var accepted: [UInt8] = []
        CopyJSON(writesCharacters: false).append(json, to: &accepted)
        accepted.withUnsafeBufferPointer { output.append($0) }
    }

    private func append(_ flag: Bool, to output: inout CopyRoom) {
        output.append(Int32(1))
        output.append(UInt8(flag ? 1 : 0))
    }

    /// An array of one dimension, from 1; an empty one has none.
    private func append(list: UnsafeBufferPointer<UInt8>, _ lists: TextList, to output: inout CopyRoom) throws {
        let start = output.count
        for number in Self.arrayHeader { output.append(number) }
        var count: Int32 = 0
        try lists.elements(list) { element in
            count += 1
            if let element {
                append(element, to: &output)
            } else {
                output.place(Int32(1), at: start + 8)
                output.append(Self.null)
            }
        }
        if count == 0 {
            output.removeLast(8)
            output.place(Int32(0), at: start + 4)
        } else {
            output.place(count, at: start + 16)
        }
        output.place(Int32(output.count - start - 4), at: start)
    }

    private func append(address text: UnsafeBufferPointer<UInt8>, to output: inout CopyRoom) throws {
        var address: UInt64 = 0
        var count = 0
        for case let digit? in text.lazy.map(\.hexDigit) {
            address = address << 4 | UInt64(digit)
            count += 1
        }
        guard count == 12 else {
            throw Failure(.destinationFailed, "a value is not a MAC address; nothing was changed")
        }
        output.append(UInt16(address >> 32))
        output.append(UInt32(truncatingIfNeeded: address))
    }
}

import Records
import Synchronization

/// Writes rows into the sheet of a workbook, which is a file only when it ends.
final class XLSXFormat: RowFormat {
    private struct Column {
        let name: String
        let type: ValueType
    }

    private let sheet: String
    private let columns: [Column]
    private let separator: [UInt8]
    /// The workbook between its first row and its end.
    private let open = Mutex<WorkbookWriter?>(nil)

    init(_ schema: Schema, listSeparator: String) {
        sheet = String(schema.name.prefix(31))
        columns = schema.fields.map { Column(name: $0.name, type: $0.type) }
        separator = Array(listSeparator.utf8)
    }

    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) throws {
        try open.withLock { open in
            if open == nil { open = try begun() }
            for row in 0..<batch.count {
                guard open?.rows ?? 0 < WorkbookLimits.rows else { throw tooManyRows }
                for index in columns.indices { try open?.write(batch[index, row], in: batch, index, self) }
                open?.endRow()
            }
        }
    }

    func end(_ output: inout [UInt8]) throws {
        output += try open.withLock { open in
            var workbook = try open.take() ?? begun()
            return try workbook.finish(columns: columns.count)
        }
    }

    func rows(in file: Descriptor) throws -> Int? {
        var bytes: [UInt8] = []
        _ = try file.read { piece, _ in
            bytes += piece
            return true
        }
        return max(0, try WorkbookRows.count(in: bytes) - 1)
    }

    private func begun() throws -> WorkbookWriter {
        var workbook = try WorkbookWriter(sheet)
        workbook.begin(columns.map { ($0.name, Self.width($0)) })
        return workbook
    }

    /// In characters.
    private static func width(_ column: Column) -> Double {
        let least: Double =
            switch column.type {
            case .timestamp: 19
            case .date: 11
            case .boolean: 8
            case .integer, .real: 12
            case .text, .mac, .textList, .json: 18
            }
        return max(least, Double(column.name.count) + 4)
    }

    /// A list as one text.
    fileprivate func joined(_ list: UnsafeBufferPointer<UInt8>) throws -> [UInt8] {
        var text: [UInt8] = []
        var isFirst = true
        try TextList().elements(list) { element in
            if !isFirst { text += separator }
            isFirst = false
            if let element { text += element }
        }
        return text
    }

    fileprivate func isList(_ column: Int) -> Bool { columns[column].type == .textList }

    fileprivate func tooLong(_ column: Int, _ count: Int) -> Failure {
        Failure(
            .badData,
            "\(columns[column].name): a value of \(count) bytes does not fit into a cell of Excel, which takes \(WorkbookLimits.characters) characters",
            advice: "leave the column out, or write another format"
        )
    }

    private var tooManyRows: Failure {
        Failure(
            .badData,
            "a sheet of Excel takes \(WorkbookLimits.rows - 1) rows, and there are more",
            advice: "write csv, or fewer rows"
        )
    }
}

extension WorkbookWriter {
    fileprivate func write(_ cell: Cell, in batch: borrowing Batch, _ column: Int, _ format: XLSXFormat) throws {
        switch cell {
        case .null: break
        case .text(let range):
            let text = try batch.bytes.withUnsafeBufferPointer { bytes in
                let value = UnsafeBufferPointer(rebasing: bytes[range.range])
                return WorkbookText.terminated(format.isList(column) ? try format.joined(value) : Array(value))
            }
            guard write(text, column) else { throw format.tooLong(column, text.count - 1) }
        case .integer(let number) where WorkbookLimits.wholeNumbers.contains(number): write(Double(number), column)
        case .real(let number) where number.isFinite: write(number, column)
        case .real: break
        case .boolean(let flag): write(flag, column)
        case .timestamp(let microseconds):
            // Excel shows seconds, and rounds.
            let seconds = (Double(microseconds) / 1_000_000).rounded(.down)
            try write(day: seconds / 86_400, .moment, cell, batch, column)
        case .date(let days): try write(day: Double(days), .day, cell, batch, column)
        case .integer: write(text: cell, batch, column)
        }
    }

    /// A day that Excel does not know stays a text.
    private func write(day: Double, _ style: Style, _ cell: Cell, _ batch: borrowing Batch, _ column: Int) throws {
        guard let number = WorkbookLimits.number(ofDays: day) else { return write(text: cell, batch, column) }
        write(number, column, as: style)
    }

    private func write(text cell: Cell, _ batch: borrowing Batch, _ column: Int) {
        write(WorkbookText.terminated((batch.display(cell) ?? "").utf8), column)
    }
}

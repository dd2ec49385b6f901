import Records

/// Reads the rows of written files.
enum ListRows {
    /// A file of an earlier load.
    static func visit(
        _ path: String,
        _ syntax: any ListSyntax,
        hasChanges: Bool = false,
        _ visit: (ListedRow) throws -> Void
    ) throws {
        var rows = Rows(of: path, syntax.reader(hasChanges: hasChanges))
        try OldRows.read(path) { try rows.add($0, visit) }
        try rows.end(visit)
    }

    /// A file that this load has written and not yet renamed.
    static func visit(_ part: FilePart, _ syntax: any ListSyntax, _ visit: (ListedRow) throws -> Void) throws {
        var rows = Rows(of: part.path, syntax.reader(hasChanges: false))
        let codec = try Compression(path: part.path)?.decompressor()
        _ = try part.sink.contents.read { piece, _ in
            try rows.add(try codec?.convert(piece, isLast: false) ?? piece, visit)
            return true
        }
        if let codec { try rows.add(try codec.convert([], isLast: true), visit) }
        try rows.end(visit)
    }

    private struct Rows {
        private let path: String
        private var reader: any ListReader
        private var lines: LineSplitter

        init(of path: String, _ reader: any ListReader) {
            self.path = path
            self.reader = reader
            lines = LineSplitter(quote: reader.quote)
        }

        mutating func add(_ piece: [UInt8], _ visit: (ListedRow) throws -> Void) throws {
            for line in lines.add(piece) { try take(line, visit) }
        }

        mutating func end(_ visit: (ListedRow) throws -> Void) throws {
            if let line = lines.last { try take(line, visit) }
        }

        private mutating func take(_ line: [UInt8], _ visit: (ListedRow) throws -> Void) throws {
            let row: ListedRow?
            do throws(UnlikeList) {
                row = try reader.row(in: line[...])
            } catch {
                throw Failure(
                    .badData,
                    "the old file \(path) cannot be compared with the new list: \(error.cause); both stay",
                    advice: "move it away; every row of the next list is then new"
                )
            }
            if let row { try visit(row) }
        }
    }
}

/// Splits a text into its lines, piece by piece.
private struct LineSplitter {
    private let quote: UInt8?
    private var isQuoted = false
    private var rest: [UInt8] = []

    init(quote: UInt8?) { self.quote = quote }

    /// The lines that end in this piece.
    mutating func add(_ piece: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        for (index, byte) in piece.enumerated() {
            if byte == quote { isQuoted.toggle() }
            guard byte == 0x0A, !isQuoted else { continue }
            lines.append(rest + piece[start..<index])
            rest.removeAll(keepingCapacity: true)
            start = index + 1
        }
        rest += piece[start...]
        return lines
    }

    /// The last line, if no line feed ends it.
    var last: [UInt8]? { rest.isEmpty ? nil : rest }
}

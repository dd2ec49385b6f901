import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Counts the rows of the first sheet in a workbook: a ZIP archive with an XML file for each sheet.
enum WorkbookRows {
    private static let sheet = Array("xl/worksheets/sheet1.xml".utf8)
    private static let row = Array("<row ".utf8)
    private static let end = Array("</worksheet>".utf8)
    private static let deflated = 8

    /// The rows, with that of the names.
    ///
    /// - Throws: if it is no workbook, or cut off.
    static func count(in archive: [UInt8]) throws(Failure) -> Int {
        guard let packed = packedSheet(archive) else { throw unreadable }
        let codec = try GzipCodec(.decompress, isWrapped: false)
        var count = 0
        // What may be the beginning of a row, or the end of the sheet.
        var tail: [UInt8] = []
        var rest = archive[packed]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(1 << 18))
            rest = rest.dropFirst(piece.count)
            let text = tail + (try codec.convert(piece, isLast: rest.isEmpty))
            count += occurrences(of: row, in: text) - occurrences(of: row, in: tail)
            tail = text.suffix(end.count + 2)
        }
        guard occurrences(of: end, in: tail) == 1 else { throw unreadable }
        return count
    }

    private static var unreadable: Failure {
        Failure(.destinationFailed, "it is not a workbook, or it is cut off")
    }

    private static func occurrences(of word: [UInt8], in text: [UInt8]) -> Int {
        text.withUnsafeBytes { text in
            var count = 0
            var rest = text[...]
            while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                let mark = memchr(base, Int32(UInt8(ascii: "<")), rest.count)
            {
                rest = rest.dropFirst(UnsafeRawPointer(mark) - base)
                count += rest.starts(with: word) ? 1 : 0
                rest = rest.dropFirst()
            }
            return count
        }
    }

    /// Where the bytes of the sheet are.
    private static func packedSheet(_ archive: [UInt8]) -> Range<Int>? {
        let directoryEnd = archive.indices.dropLast(21).last { archive[$0...].starts(with: [0x50, 0x4B, 5, 6]) }
        guard let directoryEnd else { return nil }
        var entry = number(archive, directoryEnd + 16, 4)
        while entry + 46 <= archive.count, archive[entry...].starts(with: [0x50, 0x4B, 1, 2]) {
            let nameLength = number(archive, entry + 28, 2)
            if archive[(entry + 46)...].starts(with: sheet), nameLength == sheet.count {
                let header = number(archive, entry + 42, 4)
                guard number(archive, entry + 10, 2) == deflated, header + 30 <= archive.count else { return nil }
                let start = header + 30 + number(archive, header + 26, 2) + number(archive, header + 28, 2)
                let end = start + number(archive, entry + 20, 4)
                return start <= end && end <= archive.count ? start..<end : nil
            }
            entry += 46 + nameLength + number(archive, entry + 30, 2) + number(archive, entry + 32, 2)
        }
        return nil
    }

    /// A number of a few bytes, the least first; 0 if it is cut off.
    private static func number(_ archive: [UInt8], _ place: Int, _ size: Int) -> Int {
        guard place + size <= archive.count else { return 0 }
        return archive[place..<(place + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

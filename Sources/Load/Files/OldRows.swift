import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Counts the rows of files that an earlier load wrote.
enum OldRows {
    /// - Parameter paths: files that there may be; those that cannot be read count as empty.
    static func count(in paths: [String], as format: some RowFormat) throws -> Int {
        try paths.reduce(0) { try $0 + count(in: $1, as: format) }
    }

    private static func count(in path: String, as format: some RowFormat) throws -> Int {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return 0 }
        defer { close(number) }
        let codec = try Compression(path: path)?.decompressor()
        var lines = LineCounter(quote: format.quote)
        _ = try Descriptor(number: number, name: path).read { piece, _ in
            // A file that is damaged, or not compressed whatever its name says, has the rows that can be read of it.
            guard let codec else {
                lines.add(piece)
                return true
            }
            guard let plain = try? codec.convert(piece, isLast: false) else { return false }
            lines.add(plain)
            return true
        }
        var frame = LineCounter(quote: format.quote)
        frame.add(format.preamble)
        frame.add(format.postamble)
        return max(0, lines.count - frame.count)
    }
}

/// Counts line feeds that are not part of a quoted value.
struct LineCounter {
    private let quote: UInt8?
    private var isQuoted = false
    private(set) var count = 0

    init(quote: UInt8?) { self.quote = quote }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == quote { isQuoted.toggle() }
            if byte == 0x0A, !isQuoted { count += 1 }
        }
    }
}

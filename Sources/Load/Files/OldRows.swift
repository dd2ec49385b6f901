import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Counts the rows in the files of an earlier load.
enum OldRows {
    /// - Throws: if a file cannot be read to its end, because the rows that would be lost are then unknown.
    static func count(in paths: [String], as format: some RowFormat) throws -> Int {
        try paths.reduce(0) { try $0 + count(in: $1, as: format) }
    }

    private static func count(in path: String, as format: some RowFormat) throws -> Int {
        var lines = LineCounter(quote: format.quote)
        let rows = try read(path, { lines.add($0) }, unless: { try format.rows(in: $0) })
        if let rows { return rows }
        var frame = LineCounter(quote: format.quote)
        frame.add(format.preamble)
        frame.add(format.postamble)
        return max(0, lines.count - frame.count)
    }

    /// Visits what a file has, piece by piece, decompressed by its name.
    static func read(_ path: String, _ visit: ([UInt8]) throws -> Void) throws {
        _ = try read(path, visit, unless: { _ in nil })
    }

    /// - Parameter answer: says what is to be known without reading the file; nil if it must be read.
    private static func read(
        _ path: String,
        _ visit: ([UInt8]) throws -> Void,
        unless answer: (Descriptor) throws -> Int?
    ) throws -> Int? {
        // Opening a pipe would block the load.
        let file = Descriptor(number: open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), name: path)
        guard file.number >= 0 else { throw unreadable(path, Descriptor.problem) }
        defer { close(file.number) }
        guard file.status?.isRegular == true else { throw unreadable(path, "it is not a regular file") }
        let codec = try Compression(path: path)?.decompressor()
        // A problem of the visitor is none of the file.
        var failure: (any Error)?
        func take(_ bytes: [UInt8]) -> Bool {
            do { try visit(bytes) } catch { failure = error }
            return failure == nil
        }
        do {
            if let known = try answer(file) { return known }
            let isWhole = try file.read { piece, _ in take(try codec?.convert(piece, isLast: false) ?? piece) }
            if isWhole, let codec { _ = take(try codec.convert([], isLast: true)) }
        } catch let failure as Failure {
            throw unreadable(path, failure.message)
        }
        if let failure { throw failure }
        return nil
    }
}

extension OldRows {
    private static func unreadable(_ path: String, _ cause: String) -> Failure {
        Failure(
            .badData,
            "the old file \(path) cannot be compared with the new one: \(cause); the old file stays",
            advice: "inspect it, then move it away or set max_removed: 100% for one run"
        )
    }
}

/// Counts line feeds outside quoted values.
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

import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads standard input as lines of bytes. Swift's readLine repairs invalid UTF-8, which must be reported here.
struct StandardInput {
    private var waiting: [UInt8] = []
    private var position = 0
    /// The waiting bytes before this position contain no line feed.
    private var searched = 0
    private var isAtEnd = false

    /// The next line without its line feed; nil at the end.
    mutating func nextLine() throws(Failure) -> [UInt8]? {
        while true {
            if let end = lineFeed {
                defer { (position, searched) = (end + 1, end + 1) }
                return Array(waiting[position..<end])
            }
            if isAtEnd {
                if position == waiting.count { return nil }
                defer { (position, searched) = (waiting.count, waiting.count) }
                return Array(waiting[position...])
            }
            waiting.removeFirst(position)
            (position, searched) = (0, waiting.count)
            try fill()
        }
    }

    private var lineFeed: Int? {
        waiting.withUnsafeBytes { bytes in
            let rest = bytes[searched...]
            guard let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress else { return nil }
            return memchr(start, Int32(UInt8(ascii: "\n")), rest.count).map {
                searched + (UnsafeRawPointer($0) - start)
            }
        }
    }

    private mutating func fill() throws(Failure) {
        var failure: Failure?
        let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            repeat { count = read(STDIN_FILENO, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
            if count < 0 { failure = Failure(.badData, "cannot read standard input: \(Descriptor.problem)") }
            count = max(0, count)
        }
        if let failure { throw failure }
        isAtEnd = piece.isEmpty
        waiting += piece
    }
}

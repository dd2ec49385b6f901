import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lines of standard input as bytes: Swift's own readLine mends what is no UTF-8, and here that has to be seen.
struct StandardInput {
    private var waiting: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// Without its line feed; nil at the end.
    mutating func nextLine() throws(Failure) -> [UInt8]? {
        while true {
            if let end = waiting[position...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return Array(waiting[position..<end])
            }
            if isAtEnd {
                if position == waiting.count { return nil }
                defer { position = waiting.count }
                return Array(waiting[position...])
            }
            waiting.removeFirst(position)
            position = 0
            try fill()
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

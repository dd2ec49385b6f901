#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file, with errors in words.
package struct Descriptor: Sendable {
    package let number: Int32
    /// As messages call it.
    package let name: String

    package init(number: Int32, name: String) {
        self.number = number
        self.name = name
    }

    /// What the last system call complained about.
    package static var problem: String { String(cString: strerror(errno)) }

    package func failure(_ verb: String) -> Failure { Self.failure(verb, name) }

    /// Of a file that is not open.
    package static func failure(_ verb: String, _ name: String) -> Failure {
        let advice: String? =
            switch errno {
            case EACCES, EPERM, EROFS: "give this user permission to write there, or choose another path"
            case ENOSPC, EDQUOT: "free some space and run again"
            default: nil
            }
        return Failure(.destinationFailed, "cannot \(verb) \(name): \(problem)", advice: advice)
    }

    package func write(_ bytes: [UInt8]) throws(Failure) {
        guard put(bytes) else { throw failure("write") }
    }

    /// Writes all of it, or says so; `errno` then tells why.
    package func put(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest)
                #if canImport(Darwin)
                    let written = Darwin.write(number, chunk.baseAddress, chunk.count)
                #elseif canImport(Musl)
                    let written = Musl.write(number, chunk.baseAddress, chunk.count)
                #else
                    let written = Glibc.write(number, chunk.baseAddress, chunk.count)
                #endif
                if written < 0 {
                    if errno == EINTR || (errno == EAGAIN && waitForRoom()) { continue }
                    return false
                }
                rest = rest.dropFirst(written)
            }
            return true
        }
    }

    /// Of a pipe or terminal that another process has set not to wait.
    private func waitForRoom() -> Bool {
        var room = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        return poll(&room, 1, -1) > 0 || errno == EINTR
    }

    package var status: stat? {
        var status = stat()
        return fstat(number, &status) == 0 ? status : nil
    }

    /// Visits the whole file from its beginning, piece by piece, until a piece is refused. False if it was.
    package func read(_ visit: (_ piece: [UInt8], _ offset: Int) throws -> Bool) throws -> Bool {
        var offset = 0
        while true {
            let piece = try read(1 << 18, at: offset)
            if piece.isEmpty { return true }
            guard try visit(piece, offset) else { return false }
            offset += piece.count
        }
    }

    /// Reads at most this many bytes; empty at the end of the file.
    package func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        while true {
            var length = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                length = pread(number, buffer.baseAddress, count, off_t(offset))
                initialized = max(0, length)
            }
            if length >= 0 { return bytes }
            if errno != EINTR { throw failure("read") }
        }
    }
}

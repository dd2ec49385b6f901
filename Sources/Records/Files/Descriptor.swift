#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file. Its errors are written for people.
package struct Descriptor: Sendable {
    package let number: Int32
    /// The name in messages.
    package let name: String

    package init(number: Int32, name: String) {
        self.number = number
        self.name = name
    }

    /// The error text of the last system call.
    package static var problem: String { String(cString: strerror(errno)) }

    package func failure(_ verb: String) -> Failure { Self.failure(verb, name) }

    /// The failure for a file that is not open.
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

    /// Writes all bytes. If that fails, it returns false and `errno` has the reason.
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

    /// Waits until a nonblocking pipe or terminal can take more; another process may have set it so.
    private func waitForRoom() -> Bool {
        var room = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        return poll(&room, 1, -1) > 0 || errno == EINTR
    }

    package var status: stat? {
        var status = stat()
        return fstat(number, &status) == 0 ? status : nil
    }

    /// Reads the whole file from its beginning, piece by piece. Returns false if `visit` stopped it.
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

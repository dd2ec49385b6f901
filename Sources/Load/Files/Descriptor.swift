import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file, with errors in words.
struct Descriptor {
    let number: Int32
    /// As messages call it.
    let name: String

    /// What the last system call complained about.
    static var problem: String { String(cString: strerror(errno)) }

    func failure(_ verb: String) -> Failure {
        let advice: String? =
            switch errno {
            case EACCES, EPERM, EROFS: "give this user the right to write there, or choose another place"
            case ENOSPC, EDQUOT: "free some space and run again"
            default: nil
            }
        return Failure(.destinationFailed, "cannot \(verb) \(name): \(Self.problem)", advice: advice)
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
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
                if errno == EINTR { continue }
                throw failure("write")
            }
            rest = rest.dropFirst(written)
        }
    }

    var status: stat? {
        var status = stat()
        return fstat(number, &status) == 0 ? status : nil
    }

    /// Visits the whole file from its beginning, piece by piece, until a piece is refused. False when it was.
    func read(_ visit: (_ piece: [UInt8], _ offset: Int) throws -> Bool) throws -> Bool {
        var offset = 0
        while true {
            let piece = try read(1 << 18, at: offset)
            if piece.isEmpty { return true }
            guard try visit(piece, offset) else { return false }
            offset += piece.count
        }
    }

    /// At most so many bytes; none at the end of the file.
    func read(_ count: Int, at offset: Int) throws -> [UInt8] {
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

import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output, or another open file. Rows wait in a nameless temporary file until the load commits, because a
/// pipe's bytes cannot be taken back.
struct StandardOutput: ByteSink {
    private let output: Descriptor
    private let waiting: Descriptor
    private var isOpen = true

    init(_ number: Int32 = STDOUT_FILENO) throws {
        output = Descriptor(number: number, name: "standard output")
        let folder = TemporaryFolder.path
        var template = Array("\(folder)/axport.XXXXXX".utf8CString)
        waiting = Descriptor(number: mkstemp(&template), name: "a temporary file in \(folder)")
        guard waiting.number >= 0 else { throw waiting.failure("make") }
        unlink(template)
    }

    func write(_ bytes: [UInt8]) throws { try waiting.write(bytes) }

    var contents: Descriptor { waiting }

    var isChanged: Bool { true }

    mutating func commit() throws {
        // A closed pipe must be an error of `write`, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        _ = try waiting.read { piece, _ in
            if output.put(piece) { return true }
            throw errno == EPIPE ? Failure.readerLeft : output.failure("write")
        }
        rollback()
    }

    mutating func rollback() {
        guard isOpen else { return }
        isOpen = false
        close(waiting.number)
    }
}

extension Failure {
    /// The reader of standard output has closed the pipe.
    package static let readerLeft = Failure(.destinationFailed, "cannot write standard output: Broken pipe")
}

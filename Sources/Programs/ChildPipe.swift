import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A pipe to a child process. Our end never blocks, and no other process inherits it.
final class ChildPipe {
    enum Direction { case toChild, fromChild }

    /// -1 once closed.
    private(set) var ours: Int32
    private(set) var theirs: Int32

    init(_ direction: Direction) throws(Failure) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            let result = pipe(&ends)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #else
            let result = makePipe(&ends, O_CLOEXEC)
        #endif
        guard result == 0 else { throw Descriptor.failure("open", "a pipe") }
        (ours, theirs) = direction == .toChild ? (ends[1], ends[0]) : (ends[0], ends[1])
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
    }

    deinit {
        closeOurs()
        closeTheirs()
    }

    func closeOurs() {
        if ours >= 0 { close(ours) }
        ours = -1
    }

    func closeTheirs() {
        if theirs >= 0 { close(theirs) }
        theirs = -1
    }

    /// Writes as much as fits now and removes it from `rest`. Closes our end after the last byte, or if nobody reads.
    func write(_ rest: inout ArraySlice<UInt8>) {
        guard ours >= 0 else { return }
        let count = rest.withUnsafeBytes { bytes in
            #if canImport(Darwin)
                Darwin.write(ours, bytes.baseAddress, bytes.count)
            #else
                Glibc.write(ours, bytes.baseAddress, bytes.count)
            #endif
        }
        if count > 0 { rest = rest.dropFirst(count) }
        if rest.isEmpty || (count < 0 && errno == EPIPE) { closeOurs() }
    }

    /// Returns what has arrived; closes our end once nobody writes.
    func read() -> [UInt8] {
        var all: [UInt8] = []
        while ours >= 0 {
            var bytes = [UInt8](repeating: 0, count: 4096)
            #if canImport(Darwin)
                let count = Darwin.read(ours, &bytes, bytes.count)
            #else
                let count = Glibc.read(ours, &bytes, bytes.count)
            #endif
            if count > 0 {
                all += bytes.prefix(count)
            } else {
                if count == 0 { closeOurs() }
                break
            }
        }
        return all
    }
}

#if !canImport(Darwin)
    /// pipe2(2), which Swift's Glibc lacks.
    @_silgen_name("pipe2")
    private func makePipe(_ ends: UnsafeMutablePointer<CInt>, _ flags: CInt) -> CInt
#endif

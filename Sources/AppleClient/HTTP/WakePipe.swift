#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends the loop's wait for sockets.
struct WakePipe: Sendable {
    let reader: Int32
    private let writer: Int32

    /// Nil if this process may not open more files.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (reader, writer) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    /// A full pipe also wakes the loop.
    func wake() {
        var byte: UInt8 = 0
        _ = write(writer, &byte, 1)
    }

    func close() {
        for end in [reader, writer] { _ = closeEnd(end) }
    }
}

#if canImport(Glibc)
    private let closeEnd = Glibc.close
#elseif canImport(Darwin)
    private let closeEnd = Darwin.close
#endif

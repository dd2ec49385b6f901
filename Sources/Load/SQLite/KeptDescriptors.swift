import Records
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Descriptors of database files that are looked at beside SQLite. While a load of this process uses SQLite, they stay
/// open.
///
/// When a process closes any descriptor of a file, it loses all its locks on that file, also those that SQLite holds for a
/// load at the same time (https://www.sqlite.org/howtocorrupt.html, section 2.2).
enum KeptDescriptors {
    private struct File: Hashable {
        let device: UInt64
        let number: UInt64

        init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
        }
    }

    private struct State {
        var uses = 0
        var kept: [File: Int32] = [:]

        mutating func closeUnused() {
            guard uses == 0 else { return }
            for descriptor in kept.values { close(descriptor) }
            kept = [:]
        }
    }

    private static let state = Mutex(State())

    /// Must exist as long as SQLite may hold a lock.
    final class Use: Sendable {
        init() { state.withLock { $0.uses += 1 } }
        deinit {
            state.withLock { state in
                state.uses -= 1
                state.closeUnused()
            }
        }
    }

    /// Opens a file, or finds it open.
    ///
    /// - Parameters:
    ///   - flags: those of open(2). Every look at one file uses the same.
    ///   - body: gets a descriptor for the call alone, -1 if the file cannot be opened; then `errno` says why.
    static func look<Result, Failure>(
        at place: FilePlace,
        _ flags: Int32,
        _ body: (Int32) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Otherwise another look would close it meanwhile.
        let use = Use()
        defer { withExtendedLifetime(use) {} }
        return try body(descriptor(of: place, flags))
    }

    private static func descriptor(of place: FilePlace, _ flags: Int32) -> Int32 {
        state.withLock { state in
            if let status = place.status, let known = state.kept[File(status)] { return known }
            let opened = place.open(flags)
            // A failed call would change `errno`.
            guard opened >= 0 else { return opened }
            if let status = Descriptor(number: opened, name: place.path).status { state.kept[File(status)] = opened }
            return opened
        }
    }
}

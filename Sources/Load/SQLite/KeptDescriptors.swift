import Records
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Descriptors of database files that are looked at beside SQLite. They stay open as long as the process.
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

    private static let kept = Mutex<[File: Int32]>([:])

    /// - Parameter flags: those of open(2). Every look at one file uses the same.
    /// - Returns: -1 if the file cannot be opened; `errno` says why.
    static func descriptor(of place: FilePlace, _ flags: Int32) -> Int32 {
        kept.withLock { kept in
            if let status = place.status, let known = kept[File(status)] { return known }
            let opened = place.open(flags)
            // A failed call would change `errno`.
            guard opened >= 0 else { return opened }
            if let status = Descriptor(number: opened, name: place.path).status { kept[File(status)] = opened }
            return opened
        }
    }
}

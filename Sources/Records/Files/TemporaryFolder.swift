#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder for temporary files that nobody else can read.
package enum TemporaryFolder {
    /// The folder that SQLite uses for its own files.
    package static var path: String {
        let named = ["SQLITE_TMPDIR", "TMPDIR"].compactMap { (name: String) in
            getenv(name).map { String(cString: $0) }
        }
        return (named + ["/var/tmp", "/usr/tmp", "/tmp"]).first { access($0, W_OK | X_OK) == 0 } ?? "."
    }

    package static let advice = "free some space there, or name another folder in TMPDIR"
}

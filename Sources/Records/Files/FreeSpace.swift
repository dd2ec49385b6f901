#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The space that is left for this user's files.
package enum FreeSpace {
    /// Bytes that can be written to an existing folder; nil if unknown.
    package static func bytes(in folder: String) -> Int64? {
        var status = statvfs()
        // A file system without blocks, such as /proc, has no space to speak of.
        guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// A size for people: `12 kB`, `3.4 GB`.
    package static func shown(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (size, unit) = (Double(bytes), 0)
        while size >= 1000, unit < units.count - 1 { (size, unit) = (size / 1000, unit + 1) }
        let number = size < 10 && unit > 0 ? "\((size * 10).rounded() / 10)" : "\(Int64(size.rounded()))"
        return "\(number) \(units[unit])"
    }
}

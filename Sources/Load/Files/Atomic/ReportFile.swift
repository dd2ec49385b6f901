import Records

/// A file for a text that is known much later: the path is tested now, and the old file stays until then.
package struct ReportFile {
    /// A longer previous text was not written by axport.
    private static let longest = 1 << 22

    private let file: AtomicFile

    /// - Parameter isForEverybody: whether all users can read a new file, whatever the umask.
    package init(_ path: String, isForEverybody: Bool = false) throws {
        file = try AtomicFile(path, newMode: isForEverybody ? FileMode(bits: 0o644) : nil)
    }

    /// A file that only its owner can read, also if an old one could be read by others.
    package init(private path: String) throws {
        file = try AtomicFile(path, permissions: FileMode(bits: 0o600))
    }

    /// The text to be replaced; nil if there is none or it cannot be read.
    package var previous: String? {
        file.previous(atMost: Self.longest).map { String(decoding: $0, as: UTF8.self) }
    }

    package func replace(with text: String) throws {
        var file = file
        try file.replace { try $0.write(Array(text.utf8)) }
    }
}

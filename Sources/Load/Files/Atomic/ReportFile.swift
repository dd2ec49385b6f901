import Records

/// A file for a text that is known much later: the place is tried now, and the old file stays until then.
package struct ReportFile {
    /// A previous text that is longer is none of ours.
    private static let longest = 1 << 22

    private let file: AtomicFile

    /// - Parameter isForEverybody: whether a new file can be read by all users, whatever the umask.
    package init(_ path: String, isForEverybody: Bool = false) throws {
        file = try AtomicFile(path, newMode: isForEverybody ? FileMode(bits: 0o644) : nil)
    }

    /// The text that is to be replaced; nil if there is none that can be read.
    package var previous: String? {
        file.previous(atMost: Self.longest).map { String(decoding: $0, as: UTF8.self) }
    }

    package func replace(with text: String) throws {
        var file = file
        try file.replace { try $0.write(Array(text.utf8)) }
    }
}

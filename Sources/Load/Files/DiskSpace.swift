import Records

/// The space that is left on the disk of a destination.
struct DiskSpace: CustomStringConvertible {
    private let bytes: Int64

    /// The system needs a few blocks itself.
    private static let least: Int64 = 1 << 14
    /// Less may be too little for the next nights.
    private static let little: Int64 = 100_000_000

    /// Nil if the system does not say.
    init?(in folder: Folder) {
        guard let bytes = FreeSpace.bytes(in: folder.path) else { return nil }
        self.bytes = bytes
    }

    var description: String { FreeSpace.shown(bytes) }

    /// Refuses a disk without room for this many bytes.
    func require(_ needed: Int64, for path: String) throws(Failure) {
        if bytes > max(needed, Self.least) { return }
        let why =
            needed == 0
            ? "" : ", and a new version of \(FreeSpace.shown(needed)) is written before the old one is replaced"
        throw Failure(
            .destinationFailed,
            "only \(self) are free on the disk of \(path)\(why)",
            advice: "free some space there",
            isTransient: true
        )
    }

    /// Nil if there is plenty.
    func note(_ needed: Int64, for path: String) -> String? {
        bytes < max(3 * needed, Self.little) ? "only \(self) are free on the disk of \(path)" : nil
    }
}

import Crypto
import Pipeline
import Records

/// What stands beside a file, or beside the parts of a split one, and tells of them: a checksum and a manifest.
///
/// All is written before the first file is renamed, so that a full disk leaves both old; renamed after the last one.
struct Sidecars: Sendable {
    private var checksum: AtomicFile?
    private var manifest: AtomicFile?
    private let manifestPath: String
    private let blank: Manifest

    /// Nil where none is asked for.
    init?(of path: String, _ settings: FileSettings, _ schema: Schema, _ context: LoadContext) throws {
        guard settings.checksum || settings.manifest else { return nil }
        manifestPath = path + ".manifest.json"
        blank = Manifest(schema, context)
        if settings.checksum { checksum = try AtomicFile(path + ".sha256", permissions: settings.permissions) }
        do {
            if settings.manifest { manifest = try AtomicFile(manifestPath, permissions: settings.permissions) }
        } catch {
            checksum?.rollback()
            throw error
        }
    }

    mutating func write(_ parts: [FilePart]) throws {
        let files = try parts.map { try Manifest.File($0) }
        try checksum?.write(files.flatMap(\.checksumLine))
        try checksum?.finish()
        let whole = blank.listing(files, after: Manifest(at: manifestPath))
        try manifest?.write(whole.json)
        try manifest?.finish()
    }

    mutating func commit() throws {
        try checksum?.commit()
        try manifest?.commit()
    }

    mutating func rollback() {
        checksum?.rollback()
        manifest?.rollback()
    }
}

extension Manifest.File {
    init(_ part: FilePart) throws {
        name = String(part.path.split(separator: "/").last ?? "")
        rows = part.rows
        var hash = SHA256()
        var length = 0
        _ = try part.sink.contents.read { piece, _ in
            hash.update(data: piece)
            length += piece.count
            return true
        }
        bytes = length
        sha256 = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// As sha256sum(1) prints it: a name with a backslash or a line break is escaped, and the line says so.
    fileprivate var checksumLine: [UInt8] {
        let escaped = name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return Array("\(escaped == name ? "" : "\\")\(sha256)  \(escaped)\n".utf8)
    }
}

import Crypto
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files beside a file, or beside the parts of a split one, that describe it: a checksum and a manifest.
///
/// They are written before the first file is renamed, so that a full disk leaves all old files, and renamed after the
/// last one.
struct Sidecars: Sendable {
    private var checksum: AtomicFile?
    private var manifest: AtomicFile?
    private let manifestPath: String
    private static let checksumSuffix = ".sha256"
    private static let manifestSuffix = ".manifest.json"
    private let blank: Manifest
    static let suffixes = [checksumSuffix, manifestSuffix]

    /// The names of the sidecars in the settings.
    static func names(beside path: String, _ settings: FileSettings) -> [String] {
        (settings.checksum ? [path + checksumSuffix] : []) + (settings.manifest ? [path + manifestSuffix] : [])
    }

    /// Nil without sidecars in the settings.
    init?(of path: String, _ settings: FileSettings, _ schema: Schema, _ context: LoadContext) throws {
        guard settings.checksum || settings.manifest else { return nil }
        manifestPath = path + Self.manifestSuffix
        blank = Manifest(schema, context)
        if settings.checksum {
            checksum = try AtomicFile(
                path + Self.checksumSuffix,
                permissions: settings.permissions,
                isRehearsal: context.isRehearsal
            )
        }
        do {
            if settings.manifest {
                manifest = try AtomicFile(
                    manifestPath,
                    permissions: settings.permissions,
                    isRehearsal: context.isRehearsal
                )
            }
        } catch {
            checksum?.rollback()
            throw error
        }
    }

    mutating func write(_ parts: [FilePart]) throws {
        let files = try parts.map { try Manifest.File($0) }
        try checksum?.write(files.flatMap(\.checksumLine))
        try checksum?.finish()
        guard manifest != nil else { return }
        let old = try FilePlace(manifestPath).ownBytes
        let whole = blank.listing(files, after: Manifest(old))
        try manifest?.write(whole.json)
        try manifest?.finish()
    }

    /// Sidecars of earlier loads that the settings no longer contain. Only those that list nothing but these files, so
    /// that they are surely axport's. Remove them before the files are replaced: otherwise they would be wrong.
    static func stale(of path: String, _ settings: FileSettings, naming files: Set<String>) -> [FilePlace] {
        if settings.file.isStandardOutput { return [] }
        func place(_ suffix: String) -> FilePlace? { try? FilePlace(path + suffix, followsLast: false) }
        var stale: [FilePlace] = []
        if !settings.checksum, let checksum = place(checksumSuffix), let bytes = checksum.ownBytes {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            let isOurs = lines.allSatisfy { line in files.contains { Manifest.File.isChecksum(line, of: $0) } }
            if isOurs, !lines.isEmpty { stale.append(checksum) }
        }
        if !settings.manifest, let manifest = place(manifestSuffix),
            let names = Manifest(manifest.ownBytes)?.fileNames, !names.isEmpty, files.isSuperset(of: names)
        {
            stale.append(manifest)
        }
        return stale
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
        name = part.name
        rows = part.rows
        var hash = SHA256()
        var length = 0
        _ = try part.sink.contents.read { piece, _ in
            hash.update(data: piece)
            length += piece.count
            return true
        }
        bytes = length
        sha256 = hash.finalize().hex
    }

    fileprivate var checksumLine: [UInt8] { Array("\(Self.checksumLine(sha256, name))\n".utf8) }

    /// The line of sha256sum(1). It begins with a backslash if the name has an escaped backslash or line break.
    private static func checksumLine(_ sha256: String, _ name: String) -> String {
        let escaped = name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return "\(escaped == name ? "" : "\\")\(sha256)  \(escaped)"
    }

    fileprivate static func isChecksum(_ line: Substring, of name: String) -> Bool {
        let digits = line.drop { $0 == "\\" }.prefix(64)
        return digits.count == 64 && digits.allSatisfy(\.isHexDigit) && line == checksumLine(String(digits), name)
    }
}

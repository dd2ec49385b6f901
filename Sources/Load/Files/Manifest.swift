import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The contents of a load's files, and the run that wrote them.
struct Manifest: Codable, Hashable, Sendable {
    struct File: Codable, Hashable {
        let name: String
        let rows, bytes: Int
        let sha256: String
    }

    struct Column: Codable, Hashable {
        let name, type: String
    }

    private let dataset, source: String
    private var run, startedAt: String
    private var rows = 0
    private var files: [File] = []
    private let columns: [Column]

    init(_ schema: Schema, _ context: LoadContext) {
        dataset = schema.name
        source = context.source
        run = context.runID
        startedAt = context.startedAt.description
        columns = schema.fields.map { Column(name: $0.name, type: $0.type.rawValue) }
    }

    /// The manifest of an earlier run; nil if there is none or it cannot be read.
    init?(_ json: [UInt8]?) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let json, let manifest = try? decoder.decode(Manifest.self, from: Data(json)) else { return nil }
        self = manifest
    }

    var fileNames: [String] { files.map(\.name) }

    /// A manifest of these files. If the old one differs only in its run, that run stays: it wrote the files.
    func listing(_ files: [File], after old: Manifest?) -> Manifest {
        var manifest = self
        manifest.files = files
        manifest.rows = files.reduce(0) { $0 + $1.rows }
        guard var old else { return manifest }
        let (run, startedAt) = (old.run, old.startedAt)
        (old.run, old.startedAt) = (manifest.run, manifest.startedAt)
        if old == manifest { (manifest.run, manifest.startedAt) = (run, startedAt) }
        return manifest
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}

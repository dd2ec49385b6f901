import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Files whose name asks for compression.
@Suite struct CompressionTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    static let names = ["a.csv.gz", "a.csv.zst"]

    private func load(_ name: String, _ settings: String = "") throws -> any Loader {
        try loader("csv: { file: '\(folder.file(name))', header: false\(settings) }")
    }

    private func decompressed(_ name: String) throws -> String {
        let tool = name.hasSuffix(".gz") ? "gzip" : "zstd"
        let run = try Program.run("/usr/bin/env", [tool, "-dc", folder.file(name)])
        #expect(run.status == 0, "\(run.errors)")
        return run.output
    }

    private func identity(_ name: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
        return "\(attributes[.systemFileNumber] ?? "") \(attributes[.modificationDate] ?? "")"
    }

    @Test(arguments: names) func othersCanReadIt(name: String) async throws {
        try await load(name).load(.pairs, .pairs(0..<2))
        #expect(try decompressed(name) == "1000,note\r\n1001,note\r\n")
        try await load(name).load(.pairs)
        #expect(try decompressed(name) == "")
    }

    @Test(arguments: names) func aLongFileIsWhole(name: String) async throws {
        let batches = (0..<40).map { Batch.pairs($0 * 1000..<($0 + 1) * 1000, note: "Zürich \($0)") }
        var session = try await load(name).open(.pairs, context)
        for batch in batches { try await session.write(batch) }
        _ = try await session.commit()
        let lines = try decompressed(name).split(separator: "\r\n")
        #expect(lines.count == 40_000)
        #expect(lines.last == "40999,Zürich 39")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))).count < 300_000)
    }

    @Test(arguments: names) func equalContentsLeaveTheFileAlone(name: String) async throws {
        try await load(name).load(.pairs, .pairs(0..<5000))
        let before = try identity(name)
        #expect(try await load(name).load(.pairs, .pairs(0..<5000)) == LoadCounts(unchanged: 5000))
        #expect(try identity(name) == before)
        #expect(try await load(name).load(.pairs, .pairs(1..<5001)) == LoadCounts(written: 5000))
        #expect(try identity(name) != before)
    }

    @Test(arguments: names) func equalContentsGiveEqualFiles(name: String) async throws {
        try await load(name).load(.pairs, .pairs(0..<5000))
        try await load("b\(name)").load(.pairs, .pairs(0..<5000))
        #expect(FileManager.default.contentsEqual(atPath: folder.file(name), andPath: folder.file("b\(name)")))
    }

    @Test(arguments: names) func aRollbackLeavesNothing(name: String) async throws {
        try await load(name).abandon(.pairs, .pairs(0..<5000))
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: names) func partsAreCompressedEach(name: String) async throws {
        try await load(name, ", split_rows: 2").load(.pairs, .pairs(0..<3))
        #expect(try decompressed(name.replacing("a.", with: "a-002.")) == "1002,note\r\n")
    }

    @Test func anyOtherNameIsPlain() async throws {
        try await load("a.gz.csv").load(.pairs, .pairs(0..<1))
        #expect(try folder.text("a.gz.csv") == "1000,note\r\n")
    }
}

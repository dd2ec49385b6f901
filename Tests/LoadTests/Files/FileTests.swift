import Foundation
import Records
import Stages
import Testing

@testable import Load

/// What files have in common, tried with CSV.
@Suite struct FileTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func csv(_ name: String) throws -> any Loader { try loader("csv: { file: '\(folder.file(name))' }") }

    @Test func namesTellSourceDayAndRun() async throws {
        try await csv("{source}/{date}-{run}.csv").load(.pairs)
        #expect(folder.names == ["acme_eu", "acme_eu/2025-12-31-run-7.csv"])
    }

    @Test func anUnknownPlaceholderIsPointedAt() throws {
        let error = #expect(throws: PlanError.self) { try loader("csv: { file: 'out/{dat}.csv' }") }
        #expect(error?.description == "test.axport.yaml:1:19: error: no placeholder 'dat'; did you mean 'date'?")
    }

    @Test func theHomeFolderMayBeATilde() throws {
        let node = try ConfigNode.parse("~/a.csv", file: "test", environment: .only(["HOME": "/home/me"]))
        #expect(try PathPattern(from: node).path(context) == "/home/me/a.csv")
        let homeless = try ConfigNode.parse("~/a.csv", file: "test", environment: .only([:]))
        let problem = #expect(throws: Diagnostic.self) { try PathPattern(from: homeless) }
        #expect(problem?.text == "`~` is the home folder, but HOME is not set; set HOME, or write the full path")
        #expect(problem?.code == .usage)
    }

    @Test func missingFoldersAreMadeAndTakenBack() async throws {
        try await csv("a/b/c.csv").abandon(.pairs, Batch([["1", "one"]]))
        #expect(folder.names.isEmpty)
        try await csv("a/b/c.csv").load(.pairs)
        #expect(folder.names == ["a", "a/b", "a/b/c.csv"])
        #expect(try folder.mode("a/b") == 0o755)
    }

    @Test func aNewFileIsForItsGroupOnly() async throws {
        try await csv("a.csv").load(.pairs)
        #expect(try folder.mode("a.csv") == 0o640)
    }

    @Test func anOldFileKeepsItsMode() async throws {
        try await csv("a.csv").load(.pairs)
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: folder.file("a.csv"))
        try await csv("a.csv").load(.pairs, Batch([["1", "one"]]))
        #expect(try folder.mode("a.csv") == 0o604)
        #expect(try folder.text("a.csv").contains("one"))
    }

    @Test func aLinkStaysALink() async throws {
        try await csv("real.csv").load(.pairs)
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.csv"), withDestinationPath: "real.csv")
        try await csv("link.csv").load(.pairs, Batch([["1", "one"]]))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link.csv")) == "real.csv")
        #expect(try folder.text("real.csv").contains("one"))
    }

    @Test func whatIsNotAFileIsLeftAlone() async throws {
        try FileManager.default.createDirectory(atPath: folder.file("a.csv"), withIntermediateDirectories: false)
        let refusal = try await failure { try await csv("a.csv").load(.pairs) }
        #expect(refusal.code == .destinationFailed)
        #expect(refusal.message.hasSuffix("a.csv is not a regular file, so it cannot be replaced as a whole"))
        #expect(folder.names == ["a.csv"])
    }

    @Test func aFolderThatCannotBeWrittenIsAClearFailure() async throws {
        // Also root cannot make files below a file.
        #expect(FileManager.default.createFile(atPath: folder.file("wall"), contents: nil))
        let refusal = try await failure { try await csv("wall/a.csv").load(.pairs) }
        #expect(refusal.code == .destinationFailed)
        #expect(refusal.message.hasSuffix("/wall/a.csv: Not a directory"))
        #expect(folder.names == ["wall"])
    }

    @Test func aFullDiskIsAClearFailure() throws {
        let full = Descriptor(number: open("/dev/full", O_WRONLY), name: "a.csv")
        defer { close(full.number) }
        let refusal = #expect(throws: Failure.self) { try full.write([1]) }
        #expect(refusal?.description == "cannot write a.csv: No space left on device; free some space and run again")
    }

    @Test func twoLoadsOfOneFileAreRefused() async throws {
        var first = try await csv("a.csv").open(.pairs, context)
        let refusal = try await failure { try await csv("a.csv").open(.pairs, context) }
        #expect(refusal.code == .locked)
        #expect(refusal.message.hasPrefix("another load is writing "))
        try await first.write(Batch([["1", "one"]]))
        #expect(try await first.commit().ofRows == LoadCounts(written: 1))
        #expect(folder.names == ["a.csv"])
    }

    @Test func whatAKilledRunLeftIsUsedUp() async throws {
        try Data("half a row that is longer than the whole new file".utf8)
            .write(to: URL(fileURLWithPath: folder.file(".a.csv.axport")))
        try await csv("a.csv").load(.pairs)
        #expect(folder.names == ["a.csv"])
        #expect(try folder.text("a.csv") == "id,note\r\n")
    }

    @Test func equalContentsLeaveTheFileAlone() async throws {
        try await csv("a.csv").load(.pairs, Batch([["1", "one"]]))
        let old = try FileManager.default.attributesOfItem(atPath: folder.file("a.csv"))[.systemFileNumber] as? Int
        #expect(try await csv("a.csv").load(.pairs, Batch([["1", "one"]])) == LoadCounts(unchanged: 1))
        #expect(try await csv("a.csv").load(.pairs, Batch([["1", "two"]])) == LoadCounts(written: 1))
        let new = try FileManager.default.attributesOfItem(atPath: folder.file("a.csv"))[.systemFileNumber] as? Int
        #expect(old != new)
    }
}

@Suite struct StandardOutputTests {
    @Test func rowsComeOutAtTheCommit() throws {
        let pipe = Pipe()
        var output = try StandardOutput(pipe.fileHandleForWriting.fileDescriptor)
        try output.write(Array("one\n".utf8))
        try output.write(Array("two\n".utf8))
        try output.commit()
        try pipe.fileHandleForWriting.close()
        #expect(try pipe.fileHandleForReading.readToEnd() == Data("one\ntwo\n".utf8))
    }

    @Test func aRollbackPrintsNothing() throws {
        let pipe = Pipe()
        var output = try StandardOutput(pipe.fileHandleForWriting.fileDescriptor)
        try output.write(Array("one\n".utf8))
        output.rollback()
        try pipe.fileHandleForWriting.close()
        #expect(try pipe.fileHandleForReading.readToEnd() ?? Data() == Data())
    }

    @Test func aReaderThatWentAwayIsAnError() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        var output = try StandardOutput(pipe.fileHandleForWriting.fileDescriptor)
        try output.write(Array("one\n".utf8))
        let refusal = #expect(throws: Failure.self) { try output.commit() }
        #expect(refusal?.message == "cannot write standard output: Broken pipe")
        output.rollback()
    }
}

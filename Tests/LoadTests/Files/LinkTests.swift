import Foundation
import Records
import Stages
import Testing

@testable import Load

/// Links at the place of a file, and on the way there.
@Suite struct LinkTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func csv(_ name: String) throws -> any Loader { try loader("csv: { file: '\(folder.file(name))' }") }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
    }

    @Test(arguments: ["real/a.csv", "/real/a.csv", "there/../real/./a.csv", "chain"])
    func aLinkThatLeadsNowhereYetIsWrittenThrough(target: String) async throws {
        for name in ["real", "there"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        try link("chain", to: "real/a.csv")
        try link("link.csv", to: target.hasPrefix("/") ? folder.path + target : target)
        try await csv("link.csv").load(.pairs)
        try await loader("sqlite: { file: '\(folder.file("link.csv"))x' }").load(.pairs)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link.csv")).hasSuffix(target))
        #expect(try folder.text("real/a.csv") == "id,note\r\n")
    }

    @Test func aDatabaseIsWrittenThroughALinkToo() async throws {
        try FileManager.default.createDirectory(atPath: folder.file("real"), withIntermediateDirectories: true)
        try link("link.sqlite", to: "real/a.sqlite")
        try await loader("sqlite: { file: '\(folder.file("link.sqlite"))' }").load(.pairs)
        #expect(folder.names == ["link.sqlite", "real", "real/a.sqlite"])
    }

    @Test func aLinkIntoAMissingFolderIsAClearFailure() async throws {
        try link("link.csv", to: "missing/a.csv")
        let refusal = try await failure { try await csv("link.csv").load(.pairs) }
        #expect(refusal.code == .destinationFailed)
        #expect(
            refusal.message.hasSuffix(
                "/link.csv is a link to \(folder.path)/missing/a.csv, and the folder \(folder.path)/missing does not exist"
            )
        )
        #expect(folder.names == ["link.csv"])
    }

    @Test func aLinkInACircleIsAClearFailure() async throws {
        try link("one.csv", to: "two.csv")
        try link("two.csv", to: "one.csv")
        let refusal = try await failure { try await csv("one.csv").load(.pairs) }
        #expect(refusal.message.hasSuffix("/one.csv: Too many levels of symbolic links"))
    }

    @Test(arguments: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "//dev/./stdout", "-"])
    func standardOutputByAnyNameIsStandardOutput(name: String) throws {
        #expect(try loader("csv: { file: '\(name)' }").destination == "-")
        #expect(throws: PlanError.self) { try loader("sqlite: { file: '\(name)' }").check(.pairs, at: place) }
    }

    private let place = SourceLocation(file: "test.axport.yaml", line: 1, column: 1)

    @Test(arguments: ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2", "/proc/thread-self/fd/2", "/dev/fd/99"])
    func anOpenFileOfAProcessIsNoPlace(name: String) async throws {
        let refusal = try await failure { try await loader("csv: { file: '\(name)' }").load(.pairs) }
        #expect(refusal.message == "\(name) is an open file of a process")
        try link("link.csv", to: name)
        #expect(
            try await failure { try await csv("link.csv").load(.pairs) }.message.contains("link.csv is an open file")
        )
        _ = try await failure { try await loader("sqlite: { file: '\(folder.file("link.csv"))' }").load(.pairs) }
        #expect(throws: Failure.self) { try ReportFile(folder.file("link.csv")) }
    }

    @Test(arguments: ["/dev/null", "/dev/full", "pipe"]) func aDeviceOrPipeIsNoFile(name: String) async throws {
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        let path = name.hasPrefix("/") ? name : folder.file(name)
        let refusal = try await failure { try await loader("csv: { file: '\(path)' }").load(.pairs) }
        #expect(refusal.message == "\(path) is not a regular file, so it cannot be replaced as a whole")
        _ = try await failure { try await loader("sqlite: { file: '\(path)' }").load(.pairs) }
        #expect(throws: Failure.self) { try ReportFile(path) }
    }

    @Test func aPipeBesideAFileKeepsNobodyWaiting() async throws {
        for name in ["a.csv.sha256", "a.csv.manifest.json", "a-001.csv"] { mkfifo(folder.file(name), 0o600) }
        try await csv("a.csv").load(.pairs)
        let guarded = try loader("csv: { file: '\(folder.file("b.csv"))', max_removed: 1% }")
        mkfifo(folder.file("b-001.csv"), 0o600)
        let refusal = try await failure { try await guarded.load(.pairs, .pairs(0..<1)) }
        #expect(
            refusal.message.hasSuffix(
                "b-001.csv cannot be compared with the new one: it is not a regular file; the old file stays"
            )
        )
    }
}

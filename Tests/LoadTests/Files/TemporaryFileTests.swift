import Foundation
import Records
import Stages
import Testing

@testable import Load

/// The file that waits beside the one whose place it is to take.
@Suite struct TemporaryFileTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func csv(_ name: String = "a.csv") throws -> any Loader {
        try loader("csv: { file: '\(folder.file(name))' }")
    }

    @Test func itsNameCannotBeForeseen() async throws {
        var names: Set<String> = []
        for _ in 0..<20 {
            var session = try await csv().open(.pairs, context)
            names.formUnion(folder.names)
            await session.rollback()
        }
        #expect(names.count == 20)
        #expect(names.allSatisfy { TemporaryFile.target(of: $0) == "a.csv" })
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [
        (".a.csv.0123456789abc.axport", "a.csv"), (".a.csv.axport", "a.csv"), (".a.0123456789abc.axport", "a"),
        (".a.csv.previous-link.axport", "a.csv"), (".a.csv.previous.0123456789abc.axport", "a.csv.previous"),
        ("a.csv.0123456789abc.axport", nil), (".a.csv.0123456789abc", nil),
        (".a.csv.0123456789aBc.axport", "a.csv.0123456789aBc"),
    ])
    func itsNameTellsWhoseItIs(name: String, target: String?) {
        #expect(TemporaryFile.target(of: name) == target)
    }

    @Test func whatKilledRunsLeftGoesWithTheNextOne() async throws {
        let left = [".a.csv.axport", ".a.csv.0123456789abc.axport", ".a.csv.00000000000zz.axport"]
        let others = [".a.csv.gz.axport", ".b.csv.0123456789abc.axport", ".a.csv.x.axport"]
        for name in left + others { try Data("half".utf8).write(to: URL(fileURLWithPath: folder.file(name))) }
        try await csv().load(.pairs)
        #expect(folder.names == (others + ["a.csv"]).sorted())
    }

    @Test(arguments: [".a.csv.axport", ".a.csv.0123456789abc.axport"])
    func anotherFileUnderItsNameIsNotWritten(name: String) async throws {
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("mine")))
        try FileManager.default.linkItem(atPath: folder.file("mine"), toPath: folder.file(name))
        try await csv().load(.pairs)
        try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: "mine")
        try await csv().load(.pairs, .pairs(0..<1))
        #expect(try folder.text("mine") == "mine")
        #expect(folder.names == [name, "a.csv", "mine"])
    }

    @Test func ofManyAtOnceOneWrites() async throws {
        for _ in 0..<5 {
            let codes = try await withThrowingTaskGroup(of: Outcome?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await csv().open(.pairs, context)
                            return nil
                        } catch {
                            return (error as? Failure)?.code
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .locked } == 7)
            for name in folder.names { try FileManager.default.removeItem(atPath: folder.file(name)) }
        }
    }

    @Test func oneThatWasTakenAwayIsNotPutInPlace() async throws {
        var session = try await csv().open(.pairs, context)
        let name = try #require(folder.names.first)
        try FileManager.default.removeItem(atPath: folder.file(name))
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        let refusal = try await failure { _ = try await session.commit() }
        #expect(refusal.message.hasSuffix("a.csv: another program removed its new version while axport wrote it"))
        await session.rollback()
        #expect(folder.names == [name])
        #expect(try folder.text(name) == "theirs")
    }
}

import Foundation
import Records
import Stages
import Testing

@testable import Load

@_silgen_name("setxattr")
private func setAttribute(_ path: String, _ name: String, _ value: [UInt8], _ size: Int, _ flags: CInt) -> CInt

/// Access lists as setfacl(1) makes them.
private enum ACL {
    /// `u::rw-,u:65534:rw-,g::---,m::rw-,o::---`
    static let list: [UInt8] = entries([(1, 6, .max), (2, 6, 65_534), (4, 0, .max), (16, 6, .max), (32, 0, .max)])

    private static func entries(_ entries: [(tag: UInt16, rights: UInt16, id: UInt32)]) -> [UInt8] {
        func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
        return bytes(UInt32(2)) + entries.flatMap { bytes($0.tag) + bytes($0.rights) + bytes($0.id) }
    }

    static func set(_ path: String, asDefault: Bool = false) -> Bool {
        setAttribute(path, "system.posix_acl_\(asDefault ? "default" : "access")", list, list.count, 0) == 0
    }

    static let isKnown: Bool = {
        guard let folder = try? TestFolder(), FileManager.default.createFile(atPath: folder.file("a"), contents: nil)
        else { return false }
        return set(folder.file("a"))
    }()
}

/// Who may do what with a file that takes another one's place.
@Suite struct RightsTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func load(_ settings: String = "header: true") throws -> any Loader {
        try loader("csv: { file: '\(folder.file("a.csv"))', \(settings) }")
    }

    private func list(_ name: String = "a.csv") throws -> [UInt8] { AccessList.read(try FilePlace(folder.file(name))) }

    @Test(.enabled(if: ACL.isKnown, "the file system keeps no access lists"), arguments: ["", ", permissions: 0604"])
    func aFileWithAnAccessListIsRefused(settings: String) async throws {
        try await load().load(.pairs)
        try #require(ACL.set(folder.file("a.csv")))
        let refusal = try await failure { try await load("header: true\(settings)").load(.pairs, .pairs(0..<1)) }
        #expect(refusal.code == .destinationFailed)
        #expect(
            refusal.message.hasSuffix(
                "/a.csv has an access control list (ACL), which would be lost when axport replaces the file"
            )
        )
        #expect(folder.names == ["a.csv"])
        #expect(try folder.text("a.csv") == "id,note\r\n")
        #expect(try list() == ACL.list)
    }

    @Test(.enabled(if: ACL.isKnown, "the file system keeps no access lists"))
    func oneThatEveryFileOfTheFolderGetsIsKept() async throws {
        try #require(ACL.set(folder.path, asDefault: true))
        for rows in [0..<1, 0..<2, 0..<3] {
            try await load().load(.pairs, .pairs(rows))
            let list = try list()
            #expect(!list.isEmpty)
            #expect(try folder.mode("a.csv") == 0o640)
        }
    }

    @Test(.enabled(if: ACL.isKnown, "the file system keeps no access lists"))
    func aFileWithoutOneGetsNone() async throws {
        try await load().load(.pairs)
        try #require(ACL.set(folder.path, asDefault: true))
        try await load().load(.pairs, .pairs(0..<1))
        #expect(try list().isEmpty)
        #expect(try folder.mode("a.csv") == 0o640)
    }

    @Test(arguments: [0o4755, 0o2750, 0o1644, 0o7640]) func specialBitsNeverComeAlong(mode: Int) async throws {
        try await load().load(.pairs)
        #expect(chmod(folder.file("a.csv"), mode_t(mode)) == 0)
        try await load().load(.pairs, .pairs(0..<1))
        var status = stat()
        #expect(stat(folder.file("a.csv"), &status) == 0)
        #expect(status.st_mode & 0o7777 == mode_t(mode & 0o777))
    }

    @Test func theModeOfAnotherNameOfTheFileStays() async throws {
        try await load("permissions: 0600").load(.pairs, .pairs(0..<1))
        try FileManager.default.linkItem(atPath: folder.file("a.csv"), toPath: folder.file("other"))
        try await load("permissions: 0644").load(.pairs, .pairs(0..<1))
        #expect(try [folder.mode("a.csv"), folder.mode("other")] == [0o644, 0o600])
        try FileManager.default.removeItem(atPath: folder.file("other"))
        try FileManager.default.linkItem(atPath: folder.file("a.csv"), toPath: folder.file("other"))
        try await load("permissions: 0600, keep_previous: true").load(.pairs, .pairs(0..<2))
        #expect(try folder.mode("other") == 0o644)
        #expect(try [folder.mode("a.csv"), folder.mode("a.csv.previous")] == [0o600, 0o600])
        #expect(folder.names == ["a.csv", "a.csv.previous", "other"])
    }
}

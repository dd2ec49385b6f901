import Foundation
import Inventory
import Records
import TestSupport
import Testing

/// The inventory and what is kept beside it are this user's alone.
@Suite struct PrivateFileTests {
    let folder: ScratchFolder
    private var path: String { folder.file("inventory.sqlite") }

    init() throws { folder = try ScratchFolder() }

    private func mode(_ file: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    }

    private func refusal() throws -> Failure {
        let failure = try #require(#expect(throws: Failure.self) { try openInventory(folder) })
        #expect(failure.code == .destinationFailed)
        #expect(failure.advice == "choose another path with `inventory:` in the pipeline file")
        return failure
    }

    @Test(arguments: [".lock", "-wal", "-shm"]) func aLinkThatSomebodyLeftIsNotFollowed(suffix: String) throws {
        let letter = folder.file("letter")
        try "Dear all".write(toFile: letter, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: path + suffix, withDestinationPath: letter)
        #expect(try refusal().message == "\(path)\(suffix) is a link, and axport does not follow links here")
        #expect(try String(contentsOfFile: letter, encoding: .utf8) == "Dear all")
        try FileManager.default.removeItem(atPath: path + suffix)
        try openInventory(folder).close()
    }

    @Test func anotherNameOfAFileIsNotWrittenTo() throws {
        let letter = folder.file("letter")
        try "Dear all".write(toFile: letter, atomically: true, encoding: .utf8)
        try FileManager.default.linkItem(atPath: letter, toPath: path + ".lock")
        #expect(try refusal().message == "\(path).lock is a hard link")
        #expect(try String(contentsOfFile: letter, encoding: .utf8) == "Dear all")
    }

    @Test func rightsOfOthersAreTakenAway() throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        // As a process that was killed leaves it.
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: folder.file("killed\(suffix)"))
        }
        inventory.close()
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o666],
                ofItemAtPath: folder.file("killed\(suffix)")
            )
        }
        let again = try Inventory(path: folder.file("killed"), identity: "acme")
        for suffix in ["", "-wal", "-shm", ".lock"] { #expect(try mode(folder.file("killed\(suffix)")) == 0o600) }
        #expect(try again.deviceCount == 1)
        again.close()
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives files away"), arguments: ["", ".lock", "-wal"])
    func whatAnotherUserOwnsIsNotBelieved(suffix: String) throws {
        try openInventory(folder).close()
        if !FileManager.default.fileExists(atPath: path + suffix) { try Data().write(to: URL(filePath: path + suffix)) }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o666, .ownerAccountID: 4711],
            ofItemAtPath: path + suffix
        )
        if suffix.isEmpty { try FileManager.default.removeItem(atPath: path + ".lock") }
        #expect(try refusal().message == "\(path)\(suffix) belongs to another user (4711)")
        if suffix.isEmpty { #expect(!folder.names.contains("inventory.sqlite.lock")) }
    }

    /// Not even root may create files there.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel"), "a folder of Linux"))
    func whyAFileCannotBeMadeIsTold() throws {
        let failure = try #require(
            #expect(throws: Failure.self) { try Inventory(path: "/sys/kernel/inventory.sqlite", identity: "acme") }
        )
        let problems = ["Permission denied", "Operation not permitted", "Read-only file system"]
        let messages = problems.map { "/sys/kernel/inventory.sqlite.lock cannot be opened: \($0)" }
        #expect(messages.contains(failure.message), "\(failure)")
        let other = try #require(
            #expect(throws: Failure.self) { try Inventory(path: "/sys/kernel/axport/i.sqlite", identity: "acme") }
        )
        let others = problems.map { "inventory /sys/kernel/axport/i.sqlite: cannot create its folder: \($0)" }
        #expect(others.contains(other.message), "\(other)")
    }

    @Test func anInventoryMayBeALinkOfOnesOwn() throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.file("elsewhere.sqlite"))
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        // Under either name there is one lock.
        #expect(throws: Failure.self) { try Inventory(path: folder.file("elsewhere.sqlite"), identity: "acme") }
        #expect(try Inventory.runs(at: path, limit: 1).isEmpty)
        inventory.close()
        #expect(try mode(folder.file("elsewhere.sqlite")) == 0o600)
    }
}

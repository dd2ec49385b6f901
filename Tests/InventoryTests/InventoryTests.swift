import Foundation
import Inventory
import Records
import TestSupport
import Testing

@Suite struct InventoryTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func refusal(_ path: String, identity: String = "acme") throws -> Failure {
        try #require(#expect(throws: Failure.self) { try Inventory(path: path, identity: identity) })
    }

    @Test func onlyTheOwnerCanReadIt() throws {
        let inventory = try Inventory(path: folder.file("new/deeper/acme.sqlite"), identity: "acme")
        try inventory.list([device("C01")], at: firstNight)
        for name in ["acme.sqlite", "acme.sqlite-wal", "acme.sqlite-shm", "acme.sqlite.lock"] {
            #expect(try folder.mode("new/deeper/\(name)") == 0o600, "\(name)")
        }
        #expect(try folder.mode("new/deeper") == 0o700)
        #expect(try folder.mode("new") == 0o700)
    }

    @Test func aFolderThatIsThereKeepsItsMode() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        _ = try openInventory(folder)
        #expect(try folder.mode("") == 0o755)
    }

    @Test func whatIsStoredIsThereTheNextTime() throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
        #expect(try openInventory(folder).deviceCount == 1)
    }

    @Test func closingEmptiesTheLog() throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
        let log = try? Data(contentsOf: URL(filePath: folder.file("inventory.sqlite-wal")))
        #expect(log?.count ?? 0 == 0)
        #expect(try sqlite(folder, "SELECT serial FROM device") == "C01\n")
    }

    @Test func theInventoryOfAnotherOrganizationIsRefused() throws {
        try openInventory(folder).close()
        let failure = try refusal(folder.file("inventory.sqlite"), identity: "other")
        #expect(failure.code == .pipelineInvalid)
        #expect(failure.message.hasSuffix("inventory.sqlite belongs to acme, not to other"))
        #expect(failure.advice == "give this source its own `inventory:` or `name:`")
        try openInventory(folder).close()
    }

    @Test func theInventoryOfANewerVersionIsRefused() throws {
        try openInventory(folder).close()
        try sqlite(folder, "INSERT INTO grdb_migrations VALUES ('99')")
        let failure = try refusal(folder.file("inventory.sqlite"))
        #expect(failure.code == .destinationFailed)
        #expect(failure.message.hasSuffix("was written by a newer axport"))
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndKept() throws {
        let text = String(repeating: "serial,model\n", count: 200)
        try text.write(toFile: folder.file("inventory.sqlite"), atomically: true, encoding: .utf8)
        let failure = try refusal(folder.file("inventory.sqlite"))
        #expect(failure.code == .destinationFailed)
        #expect(failure.message.contains("is damaged or not an inventory: file is not a database"))
        #expect(failure.advice == "delete it; the next run then reads everything")
        #expect(try String(contentsOfFile: folder.file("inventory.sqlite"), encoding: .utf8) == text)
    }

    @Test func aDatabaseOfSomethingElseIsRefusedAndKept() throws {
        try sqlite(folder, "CREATE TABLE devices(serial_number TEXT)")
        let failure = try refusal(folder.file("inventory.sqlite"))
        #expect(failure.code == .pipelineInvalid)
        #expect(failure.message.hasSuffix("is a database of another program"))
        #expect(try sqlite(folder, "SELECT name FROM sqlite_master") == "devices\n")
    }

    @Test(arguments: ["file/inventory.sqlite", "folder"]) func aPlaceThatCannotBeWrittenIsSaid(_ name: String) throws {
        try Data().write(to: URL(filePath: folder.file("file")))
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
        let failure = try refusal(folder.file(name))
        #expect(failure.code == .destinationFailed)
        #expect(failure.advice == "choose another path with `inventory:` in the pipeline file")
    }

    @Test func existingIsAskedWithoutMakingIt() throws {
        #expect(!Inventory.exists(at: folder.file("inventory.sqlite")))
        #expect(folder.names.isEmpty)
        _ = try openInventory(folder)
        #expect(Inventory.exists(at: folder.file("inventory.sqlite")))
    }
}

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
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
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
        #expect(failure.message.hasSuffix("is damaged or not an inventory: it is not a SQLite database"))
        #expect(failure.advice?.contains("delete") == false)
        #expect(folder.names == ["inventory.sqlite"])
        #expect(try folder.mode("inventory.sqlite") == 0o644)
        #expect(try String(contentsOfFile: folder.file("inventory.sqlite"), encoding: .utf8) == text)
    }

    @Test func aDatabaseOfSomethingElseIsRefusedAndKept() throws {
        try sqlite(folder, "CREATE TABLE devices(serial_number TEXT)")
        let failure = try refusal(folder.file("inventory.sqlite"))
        #expect(failure.code == .pipelineInvalid)
        #expect(failure.message.hasSuffix("is a database of another program"))
        #expect(try sqlite(folder, "SELECT name FROM sqlite_master") == "devices\n")
    }

    @Test(arguments: ["delete", "wal"]) func nothingOfAnotherProgramsDatabaseIsChanged(journal: String) throws {
        let path = folder.file("inventory.sqlite")
        try sqlite(folder, "PRAGMA journal_mode = \(journal); CREATE TABLE devices(serial_number TEXT)")
        try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: path)
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(try refusal(path).message.hasSuffix("is a database of another program"))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try folder.mode("inventory.sqlite") == 0o664)
        #expect(folder.names == ["inventory.sqlite"])
    }

    @Test(arguments: [
        "PRAGMA user_version = 7", "PRAGMA application_id = 252006673",
        "CREATE TABLE grdb_migrations(identifier TEXT); CREATE TABLE notes(text TEXT)",
    ]) func anotherProgramIsKnownByMoreThanItsTables(sql: String) throws {
        try sqlite(folder, sql)
        #expect(try refusal(folder.file("inventory.sqlite")).message.hasSuffix("is a database of another program"))
        #expect(folder.names == ["inventory.sqlite"])
    }

    /// All its tables are in the log.
    @Test func nothingOfADatabaseInUseIsChanged() throws {
        let path = folder.file("inventory.sqlite")
        let made = try Program.run(
            "/usr/bin/env",
            ["sqlite3", path, ".dbconfig no_ckpt_on_close on", "PRAGMA journal_mode = wal; CREATE TABLE notes(text)"]
        )
        try #require(made.status == 0, "\(made.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: path)
        let (files, before) = (folder.names, try Data(contentsOf: URL(filePath: path)))
        try #require(files.contains("inventory.sqlite-wal"))
        #expect(try refusal(path).message.hasSuffix("is a database of another program"))
        let reading = #expect(throws: Failure.self) { try Inventory.runs(at: path, limit: 1) }
        #expect(reading?.message.hasSuffix("is a database of another program") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try folder.mode("inventory.sqlite") == 0o664)
        #expect(folder.names == files)
    }

    @Test func aTruncatedInventoryIsDamaged() throws {
        let path = folder.file("inventory.sqlite")
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
        try Data(contentsOf: URL(filePath: path)).prefix(20_000).write(to: URL(filePath: path))
        let failure = try refusal(path)
        #expect(failure.message.contains("is damaged or not an inventory: "))
        #expect(failure.advice == "delete it; the next run then reads everything")
    }

    /// A mistyped account is denied before anything is stored.
    @Test func anInventoryInWhichNothingIsStoredChangesItsOrganization() throws {
        let path = folder.file("inventory.sqlite")
        let mistyped = try Inventory(path: path, identity: "mistyped")
        _ = try mistyped.round(at: firstNight)
        _ = try mistyped.beginListing(at: firstNight)
        try mistyped.record(learnedRate: 0.5)
        try mistyped.recordDenial(of: .coverage, at: firstNight)
        try mistyped.begin(
            RunRecord(id: "a", pipeline: "nightly", source: "acme", startedAt: firstNight, status: .running)
        )
        mistyped.close()
        #expect(try Inventory.examine(path, identity: "acme").devices == 0)
        let right = try Inventory(path: path, identity: "acme")
        #expect(try right.learnedRate == nil)
        #expect(try right.denial(of: .coverage) == nil)
        #expect(try right.openRound(at: firstNight) == nil)
        #expect(try Inventory.runs(at: path, limit: 9).map(\.id) == ["a"])
        try right.list([device("C01")], at: firstNight)
        right.close()
        #expect(try refusal(path, identity: "mistyped").message.contains("belongs to acme"))
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

import Foundation
import Inventory
import Records
import TestSupport
import Testing

@Suite struct InventoryCopyTests {
    let folder: ScratchFolder
    var path: String { folder.file("inventory.sqlite") }

    init() throws { folder = try ScratchFolder() }

    @Test func aCopyCanBeReadWhileTheInventoryIsHeld() async throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        let count = try await Inventory.withCopy(of: path, identity: "acme") { try $0.deviceCount }
        #expect(count == 1)
        #expect(try inventory.list([device("C01"), device("C02")], at: secondNight).outcome.added == 1)
        inventory.close()
    }

    @Test func theFileItselfIsLeftAsItIs() async throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
        let before = try Data(contentsOf: URL(filePath: path))
        try await Inventory.withCopy(of: path, identity: "acme") { copy in
            try copy.list([device("C02")], at: secondNight)
            #expect(try copy.deviceCount == 1)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test func whatIsWrongIsSaidOfTheFileItself() async throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
        let failure = await #expect(throws: Failure.self) {
            try await Inventory.withCopy(of: path, identity: "other") { _ in }
        }
        #expect(failure?.message == "inventory \(path) belongs to acme, not to other")
        try String(repeating: "serial\n", count: 500).write(toFile: path, atomically: true, encoding: .utf8)
        let damaged = await #expect(throws: Failure.self) {
            try await Inventory.withCopy(of: path, identity: "acme") { _ in }
        }
        #expect(damaged?.message.hasPrefix("inventory \(path) is damaged") == true)
    }
}

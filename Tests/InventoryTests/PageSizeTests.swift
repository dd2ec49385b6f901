import Foundation
import Inventory
import TestSupport
import Testing

/// The pages of the inventory's file.
@Suite struct PageSizeTests {
    let folder: ScratchFolder
    private var path: String { folder.file("inventory.sqlite") }

    init() throws { folder = try ScratchFolder() }

    private func pageSize() throws -> Int {
        let header = try Data(contentsOf: URL(filePath: path)).prefix(18)
        return Int(header[16]) << 8 + Int(header[17])
    }

    private func fill(_ permission: Inventory.Permission? = nil) throws {
        let inventory = try Inventory(path: path, identity: "acme", permission: permission)
        defer { inventory.close() }
        try inventory.list([device("C01"), device("C02")], at: firstNight)
    }

    @Test func theyAreLargeUnlessEachChangedOneTravels() throws {
        try fill()
        #expect(try pageSize() == 16_384)
        try FileManager.default.removeItem(atPath: path)
        try fill {}
        #expect(try pageSize() == 4096)
    }

    @Test func anInventoryOfSmallPagesKeepsThem() throws {
        try fill {}
        try fill()
        #expect(try pageSize() == 4096)
        #expect(try openInventory(folder).deviceCount == 2)
    }
}

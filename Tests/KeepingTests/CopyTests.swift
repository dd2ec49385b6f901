import Inventory
import Records
import TestSupport
import Testing

@testable import Keeping

@Suite struct CopyTests {
    @Test func aWorkerWithoutADiskGoesOnWhereTheCopyStands() async throws {
        let keep = try await Keep()
        let kept = try await keep.open("first", keep.lease())
        try kept.inventory.list(300, at: 0)
        _ = try await kept.store()
        await kept.close(served: nil)

        let taken = try await keep.open("second", keep.lease())
        #expect(try taken.inventory.lastCompleteListing != nil)
        #expect(taken.notes == [])
        #expect(try keep.home.mode("second/inventory.sqlite") == 0o600)
        await taken.close(served: nil)
        #expect(!keep.files("second").contains { $0.contains("fetched") || $0.contains("copy") })
    }

    @Test func ofADeviceInAHundredHardlyAnythingTravels() async throws {
        let keep = try await Keep()
        let kept = try await keep.open("first", keep.lease())
        try kept.inventory.list(3000, at: 0)
        let whole = try await kept.store()
        #expect(try await kept.store().pieces <= 3)
        try kept.inventory.list(3000, changed: Set((0..<30).map { $0 * 97 }), at: 86_400)
        let changes = try await kept.store()
        #expect(changes.bytes * 10 <= whole.bytes, "\(changes) after \(whole)")
        // Former pieces are gone.
        let pieces = try keep.query(
            "SELECT count(*), count(DISTINCT number), max(length(data)) FROM axport_inventory.piece"
        )
        #expect(pieces[0][0] == pieces[0][1])
        #expect(Int(try #require(pieces[0][2])) ?? 0 <= 8192)
        await kept.close(served: nil)
        // The next worker has all of it.
        let taken = try await keep.open("second", keep.lease())
        #expect(try taken.inventory.deviceCount == 3000)
        await taken.close(served: nil)
    }

    @Test func aNewerLocalInventoryStaysAndAnOlderOneIsReplaced() async throws {
        let keep = try await Keep()
        let kept = try await keep.open("first", keep.lease())
        try kept.inventory.list(10, at: 0)
        _ = try await kept.store()
        try kept.inventory.list(20, at: 86_400)
        // The last copy never came.
        await kept.close(served: nil)
        let again = try await keep.open("first", keep.lease())
        #expect(try again.inventory.deviceCount == 20)
        await again.close(served: nil)

        let other = try await keep.open("second", keep.lease())
        try other.inventory.list(30, at: 172_800)
        _ = try await other.store()
        await other.close(served: nil)
        let behind = try await keep.open("first", keep.lease())
        #expect(try behind.inventory.deviceCount == 30)
        #expect(behind.notes.contains { $0.hasPrefix("the local inventory was replaced by a newer copy") })
        await behind.close(served: nil)
    }

    @Test func aDamagedCopyIsRefusedAndTheAdvisedStatementStartsAnew() async throws {
        let keep = try await Keep()
        let kept = try await keep.open("w1", keep.lease())
        try kept.inventory.list(300, at: 0)
        _ = try await kept.store()
        await kept.close(served: nil)
        for (sql, word) in [
            ("UPDATE axport_inventory.copy SET checksum = 'x'", "checksum"),
            ("UPDATE axport_inventory.piece SET data = 'x' WHERE number = 3", "piece 3"),
            ("DELETE FROM axport_inventory.piece WHERE number = 3", "missing"),
        ] {
            _ = try keep.query(sql)
            let lease = try await keep.lease()
            let refusal = try await failure { _ = try await keep.open("second", lease) }
            await lease.end(served: nil)
            #expect(refusal.message.contains("damaged") && refusal.message.contains(word), "\(refusal)")
            #expect(keep.files("second") == [])
            let advice = try #require(refusal.advice)
            guard word == "missing" else { continue }
            let statement = try #require(advice.firstRange(of: "DELETE FROM")).lowerBound
            _ = try keep.query(String(advice[statement...]))
        }
        let anew = try await keep.open("w2", keep.lease())
        #expect(try anew.inventory.lastCompleteListing == nil)
        try anew.inventory.list(5, at: 0)
        _ = try await anew.store()
        await anew.close(served: nil)
    }

    @Test func aCopyOfANewerVersionSaysSo() async throws {
        let keep = try await Keep()
        let kept = try await keep.open("w3", keep.lease())
        _ = try await kept.store()
        await kept.close(served: nil)
        _ = try keep.query("UPDATE axport_inventory.copy SET layout = 2, version = '9.0'")
        let lease = try await keep.lease()
        let refusal = try await failure { _ = try await keep.open("w4", lease) }
        await lease.end(served: nil)
        #expect(
            refusal.message.hasSuffix(
                "the copy of the inventory was stored by axport 9.0, which is newer than this one"
            )
        )
        #expect(refusal.advice == "update axport on this machine")
    }
}

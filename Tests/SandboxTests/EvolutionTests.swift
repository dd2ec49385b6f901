import Sandbox
import Testing

@Suite struct EvolutionTests {
    private static let before = Fleet(devices: 3000, seed: 5, night: 1)
    private static let after = Fleet(devices: 3000, seed: 5, night: 2)

    private func changes(_ isChange: (SandboxDevice, SandboxDevice) -> Bool) -> Int {
        zip(Self.before.all, Self.after.all).filter(isChange).count
    }

    @Test func devicesAreAddedAtTheEnd() {
        let added = Self.after.all.dropFirst(Self.before.count)
        #expect((1...60).contains(added.count))
        #expect(added.allSatisfy { ($0.text("addedToOrgDateTime") ?? "") > "2026-11-01" })
        #expect(Self.before.device(at: Self.before.count) == nil)
    }

    @Test func aFewDevicesAreUpdatedAndHaveALaterDate() {
        let updated = changes { before, after in
            before.isListed && after.isListed && before.serverID == after.serverID
                && before.attributes != after.attributes
        }
        #expect((10...60).contains(updated))
        for (before, after) in zip(Self.before.all, Self.after.all) where before.isListed && after.isListed {
            let dates = (before.text("updatedDateTime") ?? "", after.text("updatedDateTime") ?? "")
            #expect(dates.0 <= dates.1)
        }
    }

    @Test func aFewDevicesAreReassignedSomeOfThemWithoutALaterDate() {
        let moved = changes { $0.isListed && $1.isListed && $0.serverID != $1.serverID }
        let silently = changes {
            $0.isListed && $1.isListed && $0.serverID != $1.serverID
                && $0.value("updatedDateTime") == $1.value("updatedDateTime")
        }
        #expect((2...60).contains(moved))
        #expect((1..<moved).contains(silently))
    }

    @Test func aFewDevicesAreReleasedAndFewerAreGone() {
        let released = changes { $0.isListed && $1.presence == .released }
        let gone = changes { $0.isListed && $1.presence == .gone }
        #expect((1...40).contains(released))
        #expect((1...20).contains(gone))
        #expect(gone < released)
    }

    @Test func coverageChangesWithoutALaterDate() {
        let changed = changes { before, after in
            before.isListed && after.isListed && before.attributes == after.attributes
                && Self.before.coverage(of: before.index) != Self.after.coverage(of: after.index)
        }
        #expect((5...80).contains(changed))
    }

    @Test func someReleasedDevicesReturnLater() {
        let later = Fleet(devices: 3000, seed: 5, night: 4)
        let returned = zip(Self.after.all, later.all).filter { !$0.isListed && $1.isListed }
        #expect(!returned.isEmpty)
        #expect(returned.allSatisfy { ($1.text("addedToOrgDateTime") ?? "") > "2026-11-02" })
    }

    @Test(arguments: [12, 50, 500])
    func evenASmallFleetHasEveryKindOfChange(_ devices: Int) {
        var (updated, moved, left, covered) = (false, false, false, false)
        for seed in 1...3 as ClosedRange<UInt64> {
            let before = Fleet(devices: devices, seed: seed, night: 1)
            let after = before.onNight(2)
            for (old, new) in zip(before.all, after.all) where old.isListed {
                updated = updated || old.text("updatedDateTime") != new.text("updatedDateTime")
                moved = moved || (new.isListed && old.serverID != new.serverID)
                left = left || !new.isListed
                covered = covered || before.coverage(of: old.index) != after.coverage(of: old.index)
            }
        }
        #expect(updated && moved && left && covered)
    }

    @Test func noChangeMovesAWarranty() {
        let before = Fleet(devices: 5000, seed: 3)
        let after = before.onNight(4)
        func warranty(_ fleet: Fleet, _ device: SandboxDevice) -> [SandboxAttribute]? {
            fleet.coverage(of: device.index).first { $0.id == device.serial }?.attributes
                .filter { ["startDateTime", "endDateTime"].contains($0.name) }
        }
        var checked = 0
        for (old, new) in zip(before.all, after.all) where old.isListed && new.isListed && old != new {
            #expect(warranty(before, old) == warranty(after, new), "\(old.serial)")
            checked += 1
        }
        #expect(checked > 100)
    }

    @Test func theCalendarCanBeMoved() throws {
        var options = SandboxOptions.with { $0.night = 3 }
        try options.begin(night: "2030-05-06T07:08:09Z")
        let moved = Fleet(devices: 200, seed: 1, night: 3, firstNight: options.firstNight)
        let newest = moved.all.compactMap { $0.text("updatedDateTime") }.max() ?? ""
        #expect(newest < "2030-05-06T07:08:09Z" && newest > "2030-05-05T07:08:09Z")
        #expect(moved.onNight(4).firstNight == moved.firstNight)
        #expect(throws: SandboxError.self) { try options.begin(night: "tonight") }
    }

    @Test func nothingHappensAfterTheNight() {
        let newest = Self.after.all.flatMap { [$0.text("updatedDateTime"), $0.releasedAt] }.compactMap(\.self).max()
        #expect((newest ?? "") < "2026-11-02T02:00:00Z")
    }

    @Test func aRunningSandboxEvolves() async throws {
        try await withSandbox { client, token in
            let before = try await client.ids("/v1/orgDevices", token: token)
            await client.sandbox.advance(toNight: 2)
            let after = try await client.ids("/v1/orgDevices", token: token)
            #expect(!Set(after).subtracting(before).isEmpty)
            #expect(!Set(before).subtracting(after).isEmpty)
            #expect(after == client.sandbox.fleet.listedSerials)
        }
    }

    @Test func theSameParametersGiveTheSameFleet() {
        let one = Fleet(devices: 300, seed: 9, night: 6)
        let two = Fleet(devices: 300, seed: 9, night: 1).onNight(6)
        #expect(one.all == two.all)
        #expect(one.servers == two.servers)
        #expect(one.all != Fleet(devices: 300, seed: 10, night: 6).all)
    }

    @Test func aFleetMayBeEmptyOrHaveOneDevice() {
        #expect(Fleet(devices: 0, seed: 1, night: 3).all.isEmpty)
        #expect(!Fleet(devices: 1, seed: 1, night: 3).all.isEmpty)
    }
}

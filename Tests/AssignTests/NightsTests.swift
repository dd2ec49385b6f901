import Assign
import Inventory
import Pipeline
import Records
import Sandbox
import Testing

@Suite struct NightsTests {
    /// An organization whose devices come, change and leave, and whose new ones Apple assigns to defaults or to nothing.
    @Test(arguments: ["new-devices=unassigned", "new-devices=default"])
    func everyNewDeviceIsOnItsServiceByTheNextMorning(_ switches: String) async throws {
        try await withDesk("\(switches),lag=3reads", devices: 150) { desk in
            var desk = desk
            // Looks that follow each other sooner.
            desk.waits = ApplyWaits(activity: 1.5, lists: 1.5, settling: 4)
            let target = try #require(desk.targets.first)
            let rule = """
                { rules: [{ name: new, where: "added_to_org_at > '2026-11-01'", from: [none, default], to: "\(target)" }] }
                """
            var everSent: [String: Int] = [:]
            var before = Set(desk.listed.map(\.serial))
            for night in 2...20 {
                await desk.sandbox.advance(toNight: night)
                let began = desk.sandbox.writes.count
                let now = Timestamp(seconds: SandboxOptions.usualFirstNight + Int64(night - 1) * 86_400)
                let applied = try await desk.automatic(try desk.job(rule, now: now), at: now)
                #expect(applied.failure == nil)
                #expect(applied.code == .done, "night \(night): \(applied.verdicts.filter { $0.verdict != .landed })")
                for serial in desk.sandbox.writes[began...].flatMap(\.serials) { everSent[serial, default: 0] += 1 }
                let listed = desk.listed
                for device in listed where !before.contains(device.serial) {
                    #expect(device.serverID == target, "\(device.serial) of night \(night)")
                }
                before.formUnion(listed.map(\.serial))
            }
            #expect(!everSent.isEmpty)
            #expect(everSent.values.allSatisfy { $0 == 1 }, "no device is sent twice")
        }
    }
}

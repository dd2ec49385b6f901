import Assign
import Inventory
import Pipeline
import Records
import Sandbox
import Testing

@Suite struct ListedTests {
    private static let all = "{ allow: [unassign, migration, release], limits: { max_devices: 100, max_moves: 100 } }"

    private func carryOut(_ deed: ListedDeed, _ serials: [String], _ desk: AssignDesk) async throws -> AppliedAssignment
    {
        let job = try desk.job(Self.all)
        let planned = try await job.planned(
            deed,
            SerialList(serials.joined(separator: "\n"), path: "l"),
            count: nil,
            reason: "sold",
            at: .now,
            progress: RunProgress(),
            connect: desk.connectForReading
        )
        return try await desk.apply(job, planned.text)
    }

    @Test func devicesAreTakenOffTheirServices() async throws {
        try await withDesk { desk in
            let assigned = desk.listed.filter { $0.serverID == desk.targets[0] || $0.serverID == desk.targets[1] }
            let serials = Array(assigned.prefix(20).map(\.serial))
            let applied = try await carryOut(.unassign, serials + ["NOSUCH1234"], desk)
            #expect(applied.code == .done)
            #expect(applied.count(.landed) == serials.count)
            for serial in serials { #expect(desk.service(of: serial) == nil) }
            let servers = Set(assigned.prefix(20).compactMap(\.serverID))
            #expect(desk.sandbox.activities.count == servers.count, "an activity for each service that is left")
        }
    }

    @Test func releasedDevicesLeaveTheOrganization() async throws {
        try await withDesk { desk in
            let serials = desk.listed.filter { $0.serverID == nil }.prefix(3).map(\.serial)
            let applied = try await carryOut(.release, Array(serials), desk)
            #expect(applied.code == .done)
            #expect(applied.count(.landed) == 3)
            let listed = Set(desk.listed.map(\.serial))
            for serial in serials { #expect(!listed.contains(serial)) }
        }
    }

    @Test func aMigrationIsRequestedPutOffAndCanceled() async throws {
        try await withDesk { desk in
            let capable = try #require(
                desk.listed.first { $0.serverID == desk.targets[0] && $0.isMigrationCapable }
            ).serial
            let deadline = Timestamp(microseconds: Timestamp.now.microseconds + 30 * Timestamp.microsecondsPerDay)
            let rule = """
                { rules: [{ name: m, where: "serial_number = '\(capable)'", from: ["\(desk.targets[0])"], \
                to: "\(desk.targets[1])", migrate_by: "\(deadline)" }], limits: { max_moves: 5 }, allow: [migration] }
                """
            let job = try desk.job(rule)
            let planned = try await desk.plan(job)
            #expect(planned.sent == 1)
            #expect(try await desk.apply(job, planned.text).count(.landed) == 1)
            #expect(desk.sandbox.activities.map(\.type) == [.migrate])
            let later = Timestamp(microseconds: deadline.microseconds + Timestamp.microsecondsPerDay)
            #expect(try await carryOut(.updateMigration(by: later), [capable], desk).count(.landed) == 1)
            #expect(try await carryOut(.cancelMigration, [capable], desk).count(.landed) == 1)
            #expect(desk.service(of: capable) == desk.targets[0])
        }
    }

    @Test func aFileAllowsOnlyWhatItSays() async throws {
        try await withDesk(devices: 60) { desk in
            let job = try desk.job("{ allow: [migration] }")
            await #expect {
                _ = try await job.planned(
                    .release,
                    SerialList("C02AA", path: "l"),
                    count: 1,
                    reason: "r",
                    at: .now,
                    progress: RunProgress(),
                    connect: desk.connectForReading
                )
            } throws: { error in
                (error as? Failure)?.description.contains("allow: [release]") == true
            }
        }
    }

    @Test func theNumberOfDevicesMustBeTheOneThatIsExpected() async throws {
        try await withDesk(devices: 60) { desk in
            let serial = try #require(desk.listed.first).serial
            let planned = try await desk.job(Self.all).planned(
                .release,
                SerialList(serial, path: "l"),
                count: 2,
                reason: "r",
                at: .now,
                progress: RunProgress(),
                connect: desk.connectForReading
            )
            #expect(planned.refusal?.message == "--count is 2, and the plan would send 1 device")
        }
    }
}

extension SandboxDevice {
    var isMigrationCapable: Bool {
        attributes.contains { $0.name == "isMdmMigrationCapable" && $0.value == .boolean(true) }
    }
}

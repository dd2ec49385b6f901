import Assign
import Inventory
import Records
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@Suite struct ApplyTests {
    @Test func aPlanSendsGetRequestsOnly() async throws {
        try await withDesk { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            #expect(planned.sent > 3)
            #expect(desk.sandbox.writes.isEmpty)
        }
    }

    @Test(arguments: [
        "", "lag=10reads", "lag=120s", "pending=5m", "log=none", "log=odd", "log=failures", "log-after=20s",
        "end=post-processing-failed", "unknown=409", "same=success", "states=some", "audit-after=10m",
    ])
    func everyDeviceEndsWhereThePlanSaysIt(_ switches: String) async throws {
        try await withDesk(switches) { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            let unassigned = Set(desk.listed.filter { $0.serverID == nil }.map(\.serial))
            let others = Dictionary(uniqueKeysWithValues: desk.listed.map { ($0.serial, $0.serverID) })
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.failure == nil)
            #expect(applied.code == .done)
            #expect(applied.count(.landed) == unassigned.count)
            for serial in unassigned { #expect(desk.service(of: serial) == desk.targets[0]) }
            for (serial, service) in others where !unassigned.contains(serial) {
                #expect(desk.service(of: serial) == service)
            }
            #expect(Set(desk.sent) == unassigned)
            #expect(desk.sent.count == unassigned.count, "no device is sent twice")
            let used = desk.sandbox.writes.filter { !$0.isFirstOnConnection }
            #expect(used.isEmpty)
            #expect(desk.sandbox.leaks == 0)
        }
    }

    @Test func aServiceWhoseNameHasALineBreakIsToldOnOneLine() async throws {
        try await withDesk(devices: 60) { desk in
            let odd = try #require(desk.sandbox.fleet.servers.first { $0.name.contains("\n") })
            let job = try desk.job(rules(to: odd.id))
            let notes = Mutex<[String]>([])
            _ = try await desk.apply(job, try await desk.plan(job).text) { note in notes.withLock { $0.append(note) } }
            let told = notes.withLock { $0 }
            #expect(told.contains { $0.contains("管理\\nsecond line") }, "\(told)")
            #expect(!told.contains { $0.contains("\n") }, "\(told)")
        }
    }

    @Test(arguments: ["end=error", "end=stopped", "end=failed", "end=failed-without-log"])
    func whatDidNotLandIsSaidAndOnlyANewPlanSendsIt(_ switches: String) async throws {
        try await withDesk(switches) { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            var applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .partial)
            if applied.count(.unknown) > 0 {
                try await Task.sleep(for: .seconds(desk.waits.settling))
                applied = try await desk.resume(job)
                #expect(applied.count(.unknown) == 0)
            }
            let journal = try await job.standing(latest: 1000).latest
            for entry in journal {
                let isThere = desk.service(of: entry.serialNumber) == desk.targets[0]
                #expect(entry.verdict == (isThere ? .landed : .notLanded))
            }
            let before = desk.sent.count
            #expect(journal.count == before)
            _ = try await desk.apply(job, planned.text)
            #expect(desk.sent.count == before)
            let again = try await desk.plan(job)
            #expect(again.sent == journal.count { $0.verdict == .notLanded })
        }
    }

    @Test func anAppliedPlanSendsNothingAgain() async throws {
        try await withDesk { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            _ = try await desk.apply(job, planned.text)
            let before = desk.sent.count
            let again = try await desk.apply(job, planned.text)
            #expect(again.code == .done)
            #expect(again.count(.skipped) == planned.sent)
            let elsewhere = try desk.job(rules(to: desk.targets[0]), inventory: "other.sqlite")
            let third = try await desk.apply(elsewhere, planned.text)
            #expect(third.code == .done)
            #expect(desk.sent.count == before)
        }
    }

    @Test func aDeviceThatMovedSinceThePlanIsStale() async throws {
        try await withDesk { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            let moved = try #require(desk.listed.first { $0.serverID == nil }).serial
            await desk.sandbox.assign([moved], toServer: desk.targets[1])
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .partial)
            #expect(applied.count(.stale) == 1)
            #expect(!desk.sent.contains(moved))
            #expect(desk.service(of: moved) == desk.targets[1])
        }
    }

    @Test(arguments: [FaultKind.lost, .lostToError])
    func anAnswerThatDoesNotComeIsNotRepairedBySendingAgain(_ kind: FaultKind) async throws {
        try await withDesk("pending=1s") { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            await desk.sandbox.setFaults([Fault(kind, 1)])
            let applied = try await desk.apply(job, planned.text)
            await desk.sandbox.setFaults([])
            #expect(applied.count(.landed) == planned.sent)
            #expect(desk.sent.count == planned.sent)
            #expect(desk.sandbox.activities.count == 1)
        }
    }

    @Test func whatTheAuditLogProvesIsNotSentAgainWhileListsLag() async throws {
        try await withDesk("lag=30m") { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .done)
            let sent = desk.sent.count
            #expect(sent > 0)
            #expect(try await desk.apply(job, planned.text).code == .done)
            #expect(desk.sent.count == sent)
            #expect(try await desk.plan(job).sent == 0)
        }
    }

    @Test func withoutTheAuditLogListsProveIt() async throws {
        try await withDesk("lag=5reads", role: .noAuditEvents) { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            #expect(try await desk.apply(job, try await desk.plan(job).text).code == .done)
        }
    }

    @Test func activitiesDoNotOverlap() async throws {
        try await withDesk("pending=1m") { desk in
            let job = try desk.job(rules(to: desk.targets[0], limits: "chunk: 5, max_activities: 100"))
            let planned = try await desk.plan(job)
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .done)
            let activities = desk.sandbox.activities
            #expect(activities.count > 2)
            for (first, second) in zip(activities, activities.dropFirst()) { #expect(!first.overlaps(second)) }
        }
    }

    @Test func moreActivitiesThanAllowedWaitForTheNextApply() async throws {
        try await withDesk { desk in
            let job = try desk.job(rules(to: desk.targets[0], limits: "chunk: 5, max_activities: 1"))
            let planned = try await desk.plan(job)
            let first = try await desk.apply(job, planned.text)
            #expect(first.code == .locked)
            #expect(first.count(.landed) == 5)
            let second = try await desk.apply(job, planned.text)
            #expect(second.count(.landed) == 5)
            #expect(desk.sent.count == 10)
            #expect(Set(desk.sent).count == 10)
        }
    }

    @Test func aLimitOfPostsEndsWithAMomentToGoOn() async throws {
        try await withDesk("posts=1/h,speed=200") { desk in
            let job = try desk.job(rules(to: desk.targets[0], limits: "chunk: 5, max_activities: 100"))
            let planned = try await desk.plan(job)
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .locked)
            #expect(applied.failure?.advice?.contains("apply again after 20") == true)
            #expect(applied.count(.landed) == 5)
            #expect(applied.count(.skipped) == 5)
        }
    }

    @Test func aShortLimitOfPostsIsWaitedFor() async throws {
        try await withDesk("posts=1/m") { desk in
            let job = try desk.job(rules(to: desk.targets[0], limits: "chunk: 10, max_activities: 100"))
            let planned = try await desk.plan(job)
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .done)
            #expect(applied.count(.landed) == planned.sent)
            #expect(desk.sandbox.activities.flatMap(\.serials).count == planned.sent)
        }
    }

    @Test func anAccountWithoutTheRightSendsNothingAndIsToldTheRight() async throws {
        try await withDesk(role: .noAssignment) { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let planned = try await desk.plan(job)
            let applied = try await desk.apply(job, planned.text)
            #expect(applied.code == .credentialsRefused)
            #expect(applied.failure?.description.contains("Assign devices to device management services") == true)
            #expect(desk.sandbox.activities.isEmpty)
        }
    }
}

/// One rule for every device on no service.
func rules(to target: String, from: String = "none", limits: String = "") -> String {
    """
    { rules: [{ name: all, where: "serial_number IS NOT NULL", from: [\(from)], to: "\(target)" }], \
    limits: { max_devices: 1000, max_moves: 1000, \(limits) } }
    """
}

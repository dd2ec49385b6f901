import Inventory
import Records
import TestSupport
import Testing

@testable import Keeping

@Suite struct LeaseTests {
    @Test func aSecondWorkerHearsWhoHasTheLeaseAndUntilWhen() async throws {
        let keep = try await Keep()
        let lease = try await keep.lease("process 7 on east")
        let offer = try await keep.place().takeLease(as: "other", pipeline: "p", sinceBegin: nil)
        guard case .refused(let failure) = offer else { throw Unexpected(description: "\(offer)") }
        #expect(failure.code == .locked)
        #expect(failure.message.contains("by process 7 on east; its lease lasts until 20"), "\(failure)")
        await lease.end(served: nil)
        await (try await keep.lease()).end(served: nil)
    }

    @Test func ofManyWhoAskAtOnceOneGetsTheLease() async throws {
        let keep = try await Keep()
        let place = try keep.place()
        let taken = try await withThrowingTaskGroup(of: HeldLease?.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let offer = try await place.takeLease(as: "\(number)", pipeline: "p", sinceBegin: nil)
                    if case .taken(let lease) = offer { return lease }
                    return nil
                }
            }
            return try await group.reduce(into: [HeldLease]()) { if let lease = $1 { $0.append(lease) } }
        }
        #expect(taken.count == 1)
        for lease in taken { await lease.end(served: nil) }
    }

    @Test func aLeaseIsRenewedAndAWorkerThatLostItIsFenced() async throws {
        let keep = try await Keep()
        let lease = try await keep.lease(term: .seconds(2))
        let kept = try await keep.open("w5", lease)
        try kept.inventory.list(10, at: 0)
        // Longer than its term.
        try await Task.sleep(for: .seconds(3))
        try lease.require()
        try await lease.confirm()
        // Somebody else has it, as after a stopped clock.
        _ = try keep.query("UPDATE axport_inventory.lease SET token = 'x', holder = 'process 8', fence = fence + 1")
        let refusal = try await failure { try await lease.confirm() }
        #expect(refusal.code == .locked && refusal.message.contains("process 8 has taken it"), "\(refusal)")
        #expect(try await failure { _ = try await kept.store() } == refusal)
        #expect(try await failure { try kept.inventory.list(20, at: 9) } == refusal)
        #expect(try keep.query("SELECT count(*) FROM axport_inventory.copy") == [["0"]])
        // Giving it back leaves the other's lease alone.
        await kept.close(served: "p")
        #expect(
            try keep.query("SELECT ends_at > now(), served_at IS NULL FROM axport_inventory.lease") == [["t", "t"]]
        )
    }

    @Test func aLeaseEndsByItsOwnClockWithoutTheDatabase() async throws {
        let server = try PostgresServer()
        let keep = try Keep(server: server)
        let lease = try await keep.lease(term: .seconds(1))
        try server.crash()
        try await Task.sleep(for: .seconds(1.2))
        let refusal = try await failure { try lease.require() }
        #expect(refusal.message.contains("was not renewed for 1 s"), "\(refusal)")
        await lease.end(served: nil)
    }

    @Test func whatAnotherWorkerRanSinceTheCommandBeganIsServed() async throws {
        let keep = try await Keep()
        await (try await keep.lease("first")).end(served: "p")
        let place = try keep.place()
        let offer = try await place.takeLease(as: "second", pipeline: "p", sinceBegin: .seconds(60))
        guard case .served(let words) = offer else { throw Unexpected(description: "\(offer)") }
        #expect(words.hasPrefix("first ran this organization until 20"))
        // Another pipeline, and a command that began later, have their own work.
        for (pipeline, age) in [("q", Duration.seconds(60)), ("p", .zero)] {
            guard case .taken(let lease) = try await place.takeLease(as: "x", pipeline: pipeline, sinceBegin: age)
            else {
                throw Unexpected(description: pipeline)
            }
            await lease.end(served: nil)
        }
    }
}

import Foundation
import Inventory
import Records
import TestSupport
import Testing

/// What a run does that finds the inventory held by another one.
@Suite struct InventoryWaitTests {
    let folder: ScratchFolder
    var path: String { folder.file("inventory.sqlite") }

    init() throws { folder = try ScratchFolder() }

    private func open(patience: Duration) async throws -> Inventory {
        try await Inventory.open(path, identity: "acme", patience: patience) { _ in }
    }

    private func blocked(_ id: String) -> RunRecord {
        RunRecord(
            id: id,
            pipeline: "nightly",
            source: "acme",
            startedAt: firstNight,
            endedAt: firstNight,
            exitCode: 75,
            status: .failed
        )
    }

    private func ids() throws -> [String] { try Inventory.runs(at: path, limit: 1000).map(\.id) }

    @Test func itIsOpenedWhenTheHolderEnds() async throws {
        let holder = try openInventory(folder)
        Task.detached {
            try await Task.sleep(for: .milliseconds(400))
            holder.close()
        }
        let began = ContinuousClock.now
        var told: [String] = []
        let inventory = try await Inventory.open(path, identity: "acme", patience: .seconds(60)) {
            told.append($0.message)
        }
        inventory.close()
        #expect(ContinuousClock.now - began < .seconds(5))
        #expect(told.count == 1 && told[0].hasPrefix("the inventory is in use by process "), "\(told)")
    }

    @Test func patienceEnds() async throws {
        let holder = try openInventory(folder)
        defer { holder.close() }
        for (patience, atLeast) in [(Duration.zero, Duration.zero), (.seconds(1), .seconds(1))] {
            let began = ContinuousClock.now
            let failure = await #expect(throws: Failure.self) { try await open(patience: patience) }
            #expect(failure?.code == .locked)
            #expect(ContinuousClock.now - began >= atLeast)
            #expect(ContinuousClock.now - began < .seconds(4))
        }
    }

    @Test func nothingElseIsWaitedFor() async throws {
        let other = try openInventory(folder, identity: "other")
        try other.list([device("C01")], at: firstNight)
        other.close()
        let began = ContinuousClock.now
        let failure = await #expect(throws: Failure.self) { try await open(patience: .seconds(60)) }
        #expect(failure?.code == .pipelineInvalid)
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    @Test func aCanceledTaskWaitsNoLonger() async throws {
        let holder = try openInventory(folder)
        defer { holder.close() }
        let waiting = Task { try await open(patience: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(300))
        let began = ContinuousClock.now
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    @Test func blockedRunsAreRecordedWhileTheHolderWrites() async throws {
        let holder = try openInventory(folder)
        defer { holder.close() }
        let writing = Task.detached {
            for night in 0..<60 {
                try holder.list(
                    (0..<40).map { device(serial(night * 40 + $0)) },
                    at: firstNight.adding(seconds: Int64(night))
                )
            }
        }
        for number in 0..<40 {
            try Inventory.record(blocked("blocked-\(number)"), besideHolderOf: path, identity: "acme")
        }
        try await writing.value
        #expect(try ids().count { $0.hasPrefix("blocked-") } == 40)
    }

    @Test func aRunThatGoesOnStaysRunning() throws {
        let holder = try openInventory(folder)
        try holder.begin(
            RunRecord(id: "holder", pipeline: "nightly", source: "acme", startedAt: firstNight, status: .running)
        )
        try Inventory.record(blocked("late"), besideHolderOf: path, identity: "acme")
        let runs = try Inventory.runs(at: path, limit: 9)
        #expect(runs.map(\.id) == ["late", "holder"])
        #expect(runs.map(\.status) == [.failed, .running])
        holder.close()
        try openInventory(folder).close()
        #expect(try ids() == ["late", "holder"])
    }

    @Test func anInventoryOfAnotherOrganizationIsLeftAlone() throws {
        let holder = try openInventory(folder, identity: "other")
        defer { holder.close() }
        #expect(throws: Failure.self) { try Inventory.record(blocked("a"), besideHolderOf: path, identity: "acme") }
        #expect(try ids().isEmpty)
    }

    @Test func whereThereIsNoFileNoneIsMade() throws {
        #expect(throws: Failure.self) { try Inventory.record(blocked("a"), besideHolderOf: path, identity: "acme") }
        #expect(folder.names.isEmpty)
    }
}

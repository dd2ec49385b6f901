import Inventory
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// Runs pipelines on one inventory with fake stages.
final class Night: Sendable {
    let folder: ScratchFolder
    let desk = Desk()

    init() throws {
        folder = try ScratchFolder()
        desk.lists([("C01", "RED"), ("C02", "BLUE"), ("C03", "RED")])
    }

    var inventoryPath: String { folder.file("inventory.sqlite") }

    func run(
        _ yaml: String,
        _ change: (inout RunOptions) -> Void = { _ in },
        at startedAt: Timestamp = now,
        progress: RunProgress = RunProgress(),
        connect: Connect? = nil
    ) async throws -> RunReport {
        let plan = try plan("inventory: \(inventoryPath)\n\(yaml)", desk: desk)
        var options = RunOptions()
        change(&options)
        let api = desk.api
        return await plan.run(options, startedAt: startedAt, progress: progress, connect: connect ?? { _ in api })
    }

    /// Opens the inventory after a run.
    func inventory() throws -> Inventory {
        try Inventory(path: inventoryPath, identity: "sandbox of 500 devices, seed 1")
    }
}

extension RunReport {
    /// `kind name status` of every stage.
    var outcome: [String] {
        stages.map { "\($0.kind) \($0.name)\($0.destination.isEmpty ? "" : " \($0.destination)") \($0.status)" }
    }

    func stage(_ name: String) -> StageReport? { stages.first { $0.name == name || $0.destination == name } }
}

func serials(_ count: Int) -> [(serial: String, color: String)] {
    (0..<count).map { ("C\(String(10_000 + $0).dropFirst())", "RED") }
}

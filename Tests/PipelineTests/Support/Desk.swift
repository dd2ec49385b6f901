import Inventory
import Pipeline
import Records
import Stages
import Synchronization
import TestSupport

/// What the stages of a test do and what they saw. Its catalog holds fakes, so that tests are about the pipeline.
final class Desk: Sendable {
    /// What a load saw.
    struct Load: Sendable, Equatable {
        enum End: Equatable { case committed, rolledBack }
        var columns: [String] = []
        var rows: [[String?]] = []
        var removedRows: [[String?]] = []
        var end: End?
        var context: [String] = []
    }

    typealias Sync = @Sendable (SyncContext) async throws -> Void

    private let loads = Mutex<[String: Load]>([:])
    private let syncs = Mutex<[String: Sync]>([:])
    private let order = Mutex<[String]>([])
    let api = FakeAPI()
    /// How long a load waits before it is tried again.
    var retryWait: Duration { wait.withLock { $0 } }
    private let wait = Mutex(Duration.milliseconds(1))

    func waits(_ time: Duration) { wait.withLock { $0 = time } }

    /// What has been done, in its order.
    var events: [String] { order.withLock { $0 } }

    func note(_ event: String) { order.withLock { $0.append(event) } }

    /// What a load named so saw; nil if it was never opened.
    func load(_ name: String) -> Load? { loads.withLock { $0[name] } }

    func rows(_ name: String) -> [String] { load(name).map { $0.rows.map(joined) } ?? [] }

    func update(_ name: String, _ change: (inout sending Load) -> Void) {
        loads.withLock { loads in
            var load = loads[name] ?? Load()
            change(&load)
            loads[name] = load
        }
    }

    /// What an extract stage does.
    func when(_ stage: String, _ sync: @escaping Sync) { syncs.withLock { $0[stage] = sync } }

    fileprivate func sync(_ stage: String, _ context: SyncContext) async throws {
        note(stage)
        try await syncs.withLock { $0[stage] }?(context)
    }

    /// Devices that the stage `devices` lists.
    func lists(_ devices: [(serial: String, color: String)]) {
        when("devices") { context in
            let resources = devices.map { device in
                Resource(
                    type: "orgDevices",
                    id: device.serial,
                    attributes: Array(#"{"color":"\#(device.color)"}"#.utf8)
                )
            }
            let listing = try context.inventory.beginListing(at: context.startedAt)
            _ = try context.inventory.record(resources, in: listing, next: nil, at: context.startedAt)
            _ = try context.inventory.complete(listing, at: context.startedAt)
            context.meter.update { $0.received += resources.count }
        }
    }

    var catalog: Catalog {
        func extractor(_ name: String, _ adds: [Field]) -> StageSpec<any Extractor> {
            StageSpec(name, "Reads \(name).", example: name, settings: Setting("max", "At most.", default: 7)) { _ in
                FakeExtractor(name: name, adds: adds, desk: self)
            }
        }
        return Catalog(
            extractors: [
                extractor("devices", []), extractor("assignments", Schema.assignmentFields),
                extractor("coverage", Schema.coverageFields), extractor("details", []),
            ],
            transforms: [Refuse.spec, Keep.spec, Drop.spec, Add.spec, Break.spec, Hold.spec, Warn.spec],
            loaders: [FakeLoader.spec(self)]
        )
    }
}

func joined(_ row: [String?]) -> String { row.map { $0 ?? "-" }.joined(separator: " ") }

private struct FakeExtractor: Extractor {
    let name: String
    let adds: [Field]
    let desk: Desk

    var isEssential: Bool { name == "devices" }

    func sync(_ context: SyncContext) async throws { try await desk.sync(name, context) }
    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] { [] }
    func forecast(_ context: ForecastContext) throws -> Forecast {
        Forecast([Forecast.Part("pages", context.inventory == nil ? nil : 2)], heldBack: name == "coverage" ? 5 : 0)
    }
}

/// Counts, and answers nothing.
final class FakeAPI: APIDouble {
    private let requests = Mutex(0)
    private let closed = Mutex(0)

    var requestCount: Int { requests.withLock { $0 } }
    var closings: Int { closed.withLock { $0 } }

    func ask(_ times: Int) { requests.withLock { $0 += times } }
    func close() async { closed.withLock { $0 += 1 } }
}

import Inventory
import Pipeline
import Records
import Stages
import Synchronization
import TestSupport
import Testing

@Suite struct OutOfTimeTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let yaml = pipeline(
        extract: "[devices, coverage, details]",
        load: "[desk: { name: a, columns: [serial_number] }]"
    )
    private let isOver = APIError(.outOfTime, "the time for asking Apple (max_time 1h) was over")

    private func end(in stage: String) { desk.when(stage) { [isOver] _ in throw isOver } }

    @Test func whatIsKnownIsLoadedAndTheRunIsPartial() async throws {
        end(in: "coverage")
        let report = try await night.run(yaml)
        #expect(report.code == .partial)
        #expect(report.failure == nil)
        #expect(desk.rows("a") == ["C01", "C02", "C03"])
        #expect(
            report.outcome == [
                "extract devices done", "extract coverage partial", "extract details skipped", "load desk a done",
            ]
        )
        #expect(report.stage("coverage")?.failure?.message == isOver.message)
    }

    @Test func theNextRunGoesOn() async throws {
        end(in: "coverage")
        _ = try await night.run(yaml)
        desk.when("coverage") { _ in }
        let report = try await night.run(yaml)
        #expect(report.code == .done)
        #expect(report.outcome.filter { $0.hasPrefix("extract") }.allSatisfy { $0.hasSuffix("done") })
    }

    @Test func withoutAListOfDevicesThereIsNothingToLoad() async throws {
        end(in: "devices")
        let report = try await night.run(yaml)
        #expect(report.code == .locked)
        #expect(desk.events == ["devices"])
    }

    @Test func aListThatWasCompleteBeforeIsLoaded() async throws {
        _ = try await night.run(yaml)
        end(in: "devices")
        let report = try await night.run(yaml.replacing("name: a", with: "name: b"))
        #expect(report.code == .partial)
        #expect(desk.rows("b") == ["C01", "C02", "C03"])
    }

    @Test func theEarlierOfTwoDeadlinesReachesTheAPI() async throws {
        let api = LearningAPI()
        _ = try await night.run(
            pipeline(source: "{ platform: sandbox, max_time: 1h }"),
            { $0.deadline = RunDeadline(instant: .now + .seconds(7200), setting: "--max-time 2h") },
            connect: { _ in api }
        )
        #expect(api.deadline == "max_time 1h")
    }

    @Test func whatWasLearnedIsToldToTheNextRun() async throws {
        let api = LearningAPI()
        _ = try await night.run(yaml, connect: { _ in api })
        #expect(api.pace == nil)
        _ = try await night.run(yaml, connect: { _ in api })
        #expect(api.pace == 6.5)
    }

    @Test(
        arguments: [
            ([], .done), ([.done, .done], .done), ([.sourceUnavailable, .sourceUnavailable], .sourceUnavailable),
            ([.done, .sourceUnavailable], .partial), ([.credentialsRefused, .sourceUnavailable], .partial),
            ([.done, .partial], .partial), ([.done, .badData], .badData), ([.badData, .partial], .partial),
            ([.sourceUnavailable, .interrupted], .interrupted),
        ] as [([Outcome], Outcome)]
    )
    func severalRunsMeanOneCode(codes: [Outcome], meaning: Outcome) {
        #expect(Outcome(ofRuns: codes) == meaning)
    }
}

/// Keeps what it is told and has always learned the same.
private final class LearningAPI: APIDouble {
    private let told = Mutex<(pace: Double?, deadline: String?)>((nil, nil))

    var pace: Double? { told.withLock { $0.pace } }
    var deadline: String? { told.withLock { $0.deadline } }
    var learnedRate: Double? { get async { 6.5 } }

    func begin(pace: Double?, deadline: RunDeadline?, lease: (any Lease)?) async {
        told.withLock { $0 = (pace, deadline?.setting) }
    }
}

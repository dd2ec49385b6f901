import Inventory
import Pipeline
import Records
import Sandbox
import TestSupport
import Testing

@Suite struct ForecastTests {
    private let extract = "[devices, servers, assignments, coverage, activation_lock: { max_requests: 70 }, details]"

    private func texts(_ forecast: PlanForecast) -> [String] {
        forecast.stages.flatMap { stage in
            stage.forecast.parts.map { "\(stage.name) \($0.what) \($0.requests.map(String.init) ?? "?")" }
        }
    }

    @Test func beforeTheFirstRunTheNumbersAreUnknown() async throws {
        try await Nights.with { nights in
            let forecast = try nights.plan(extract).forecast(at: .now)
            #expect(!forecast.isComplete)
            #expect(
                texts(forecast) == [
                    "devices listing ?", "servers list of services 1", "assignments lists of devices ?",
                    "coverage new ?", "activation_lock new ?", "details devices that left 0",
                ]
            )
            #expect(await nights.sandbox.statistics.apiRequests == 0)
            #expect(!Inventory.exists(at: nights.inventoryPath))
        }
    }

    @Test func theRunAsksForWhatWasSaid() async throws {
        try await Nights.with(.with { $0.devices = 1200 }) { nights in
            try await nights.run(extract, at: nights.night(1))
            let asked = await nights.sandbox.statistics.apiRequests
            let forecast = try nights.plan(extract).forecast(at: nights.night(2))
            #expect(await nights.sandbox.statistics.apiRequests == asked)
            // Nothing changed at Apple, so all that is asked could be foreseen.
            let stages = try await nights.run(extract, at: nights.night(2))
            for stage in forecast.stages {
                let foreseen = stage.forecast.parts.reduce(0) { $0 + ($1.requests ?? -1) }
                let counts = try #require(stages[stage.name]).counts
                // A lock that Apple cannot express takes one more try.
                #expect(counts.requests - counts.failed == foreseen, "\(stage.name): \(texts(forecast))")
                #expect(counts.heldBack == stage.forecast.heldBack, "\(stage.name)")
            }
            #expect(forecast.heldBack > 900)
        }
    }

    @Test func lookingAheadChangesNothing() async throws {
        try await Nights.with { nights in
            try await nights.run(extract, at: nights.night(1))
            let plan = try nights.plan(extract)
            let first = texts(try plan.forecast(at: nights.night(9)))
            #expect(texts(try plan.forecast(at: nights.night(9))) == first)
            #expect(first.contains { $0.hasPrefix("coverage old ") })
        }
    }

    @Test func auditEventsAreForeseenAsOneRequest() async throws {
        try await Nights.with { nights in
            try await nights.run("[devices, assignments]", at: nights.night(1))
            let plan = try nights.plan("[devices: { changes: audit_events }, assignments]")
            #expect(
                texts(try plan.forecast(at: nights.night(2))) == ["devices audit events 1", "assignments devices 0"]
            )
            let listed = texts(try plan.forecast(at: nights.night(8)))
            #expect(listed.first == "devices listing 1")
            #expect(listed.contains("assignments list of services 1"))
        }
    }

    @Test func theTimeFollowsFromThePace() {
        let forecast = PlanForecast(
            pipeline: "p",
            source: "s",
            stages: [.init(name: "devices", forecast: Forecast([.init("listing", 40)]))],
            learnedRate: 8
        )
        #expect(forecast.seconds(at: 8) == 5)
        #expect(forecast.seconds(at: PlanForecast.slowestRate) == 120)
    }
}

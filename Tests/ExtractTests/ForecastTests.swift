import Inventory
import Pipeline
import Records
import Sandbox
import Stages
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
            let forecast = try await nights.plan(extract).outlook(at: .now).requests
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
            let forecast = try await nights.plan(extract).outlook(at: nights.night(2)).requests
            #expect(await nights.sandbox.statistics.apiRequests == asked)
            // Nothing changed at Apple, so all that is asked could be foreseen.
            let stages = try await nights.run(extract, at: nights.night(2))
            for stage in forecast.stages {
                let foreseen = stage.forecast.parts.reduce(0) { $0 + ($1.requests ?? -1) }
                let counts = try #require(stages[stage.name]).counts
                // A lock that Apple cannot express takes one more try.
                #expect(counts.requests - counts.unknown == foreseen, "\(stage.name): \(texts(forecast))")
                #expect(counts.heldBack == stage.forecast.heldBack, "\(stage.name)")
            }
            #expect(forecast.heldBack > 900)
        }
    }

    @Test func lookingAheadChangesNothing() async throws {
        try await Nights.with { nights in
            try await nights.run(extract, at: nights.night(1))
            let plan = try nights.plan(extract)
            let first = texts(try await plan.outlook(at: nights.night(9)).requests)
            let second = texts(try await plan.outlook(at: nights.night(9)).requests)
            #expect(second == first)
            #expect(first.contains { $0.hasPrefix("coverage old ") })
        }
    }

    @Test func auditEventsAreForeseenAsTheMostThatTheyCanBring() async throws {
        try await Nights.with { nights in
            let extract = "[devices: { changes: audit_events }, assignments]"
            try await nights.run("[devices, assignments]", at: nights.night(1))
            let plan = try nights.plan(extract)
            let second = try await plan.outlook(at: nights.night(2)).requests
            #expect(second.isAtMost)
            #expect(
                texts(second).prefix(3) == [
                    "devices audit events 1", "devices devices that changed 1", "devices listing 1",
                ]
            )
            let listed = try await plan.outlook(at: nights.night(8)).requests
            #expect(!listed.isAtMost)
            #expect(
                texts(listed).prefix(3) == [
                    "devices audit events 1", "devices listing 1", "assignments list of services 1",
                ]
            )
            await nights.sandbox.advance(toNight: 2)
            let sent = try await nights.run(extract, at: nights.night(2)).values.reduce(0) { $0 + $1.counts.requests }
            #expect(sent <= second.known)
        }
    }

    @Test func aSchoolIsForeseenWithoutAnAuditLog() async throws {
        try await Nights.with(.with { $0.platform = .school }) { nights in
            try await nights.run("[devices]", at: nights.night(1))
            let plan = try nights.plan("[devices: { changes: audit_events }]")
            #expect(texts(try await plan.outlook(at: nights.night(2)).requests) == ["devices listing 1"])
        }
    }

    @Test func whatARunThatDidNotEndHasReadIsNotForeseen() async throws {
        try await Nights.with { nights in
            let extract = "[devices, servers, assignments, coverage]"
            try await nights.run(extract, at: nights.night(1))
            let plan = try nights.plan(extract)
            // As if it had been killed after it read the lists.
            let began = "INSERT INTO meta VALUES ('round_began_at', '\(nights.night(1).microseconds)')"
            #expect(try Program.run("/usr/bin/env", ["sqlite3", nights.inventoryPath, began]).status == 0)
            let soon = Timestamp(seconds: nights.night(1).microseconds / 1_000_000 + 600)
            let lists = texts(try await plan.outlook(at: soon).requests).filter { !$0.hasPrefix("coverage") }
            #expect(lists == [])
            #expect(texts(try await plan.outlook(at: nights.night(2)).requests).contains("devices listing 1"))
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

    @Test func theTimeFollowsFromTheSourcesOwnRateWhereThatIsLower() async throws {
        try await Nights.with { nights in
            try await nights.run("[devices]", at: nights.night(1))
            let plan = try nights.plan("[devices]", source: "rate: 0.5")
            #expect(try await plan.outlook(at: nights.night(2)).requests.seconds(at: 8) == 2)
        }
    }
}

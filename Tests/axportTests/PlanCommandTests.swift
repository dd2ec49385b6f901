import Foundation
import Pipeline
import Sandbox
import TestSupport
import Testing

@testable import axport

@Suite struct PlanCommandTests {
    private let load = "  - csv: { file: out/devices.csv }"
    private let extract = "[devices, assignments, coverage: { max_requests: 40 }]"

    @Test func itAsksNothingAndWritesNothing() async throws {
        try await withSandbox { command, sandbox in
            try command.write(pipeline(extract: extract, load: load), to: "test.axport.yaml")
            let before = try command.files
            let first = try await command("plan", "test.axport.yaml")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.contains("How long it takes is known after the first listing."))
            #expect(try command.files == before)
            #expect(await sandbox.statistics.requests.isEmpty)

            #expect(try await command("run", "test.axport.yaml").status == 0)
            let (files, requests) = (try command.files, await sandbox.statistics.requests)
            let second = try await command("plan", "test.axport.yaml")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.output.contains("coverage     new"))
            #expect(second.output.contains("devices wait for later runs"))
            #expect(second.output.contains("if Apple allows 20 requests a minute."))
            #expect(try command.files == files)
            #expect(await sandbox.statistics.requests == requests)
        }
    }

    @Test func itsJSONIsOneLineWithTheNumbers() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(extract: extract, load: load), to: "test.axport.yaml")
            func plan() async throws -> [String: Any] {
                let run = try await command("plan", "--json", "test.axport.yaml")
                #expect(run.output.split(separator: "\n").count == 1)
                let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
                return try #require(json as? [String: Any])
            }
            #expect(try await plan()["requests"] == nil)
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let after = try await plan()
            let requests = try #require(after["requests"] as? Int)
            #expect((after["held_back"] as? Int ?? 0) > 100)
            #expect(after["seconds_at_twenty_a_minute"] as? Int == requests * 3)
            let stages = try #require(after["stages"] as? [[String: Any]])
            #expect(stages.map { $0["stage"] as? String } == ["devices", "assignments", "coverage"])
        }
    }

    @Test func theTimeIsSaidAtTheLearnedPaceAndAtTheSlowest() {
        let forecast = PlanForecast(
            pipeline: "p",
            source: "s",
            stages: [
                .init(name: "coverage", forecast: Forecast([.init("due", 40)], heldBack: 7, note: "for 2h at most"))
            ],
            learnedRate: 8
        )
        let lines = ForecastTable(forecast: forecast, showsSource: false).text.split(separator: "\n").map(String.init)
        #expect(
            lines.dropFirst(2) == [
                "coverage  due                 40", "total                         40", "coverage: for 2h at most",
                "coverage: 7 devices wait for later runs", "About 5.0 s at the pace that Apple last allowed.",
                "2 min if Apple allows 20 requests a minute.", "Devices that turn out to be new tonight come on top.",
            ]
        )
    }

    @Test func itCanBeAskedWhileARunGoesOn() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 100 }) { command, sandbox in
            try command.write(pipeline(extract: "[devices, coverage]", load: load), to: "test.axport.yaml")
            let run = try command.start("run", "test.axport.yaml")
            while await sandbox.statistics.requests[.coverage, default: 0] < 10 {
                try await Task.sleep(for: .milliseconds(20))
            }
            let plan = try await command("plan", "test.axport.yaml")
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(plan.output.contains("coverage  new"))
            run.terminate()
            while run.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        }
    }
}

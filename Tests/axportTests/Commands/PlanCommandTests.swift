import Foundation
import Pipeline
import Sandbox
import Stages
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
            #expect(first.output.contains("The time it takes is known after the first listing."))
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

    @Test func itSaysWhatTheLoadsWouldWriteAndWritesNothing() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func write(night: Int, load: String, to file: String) throws {
                let source = "source: { platform: sandbox, devices: 400, night: \(night) }"
                try command.write("\(source)\nextract: [devices, assignments]\nload:\n\(load)", to: file)
            }
            let loads = """
                  - sqlite: { file: out/assets.sqlite }
                  - csv: { file: out/devices.csv, order: serial }
                """
            func plan() async throws -> [[String: Any]] {
                let run = try await command("plan", "--json", "test.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
                let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
                return try #require(json?["loads"] as? [[String: Any]])
            }
            try write(night: 1, load: loads, to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            for load in try await plan() { #expect(load["insert"] as? Int == 0 && load["update"] as? Int == 0) }
            #expect(try await command("plan", "--detailed-exitcode", "test.axport.yaml").status == 0)

            // The inventory is brought to the second night, the destinations are not.
            try write(night: 5, load: "  - ndjson: { file: '-' }", to: "other.axport.yaml")
            #expect(try await command("run", "other.axport.yaml").status == 0)
            let (files, csv) = (try command.files, try command.read("out/devices.csv"))
            let foreseen = try await plan()
            #expect(try command.files == files)
            #expect(try command.read("out/devices.csv") == csv)
            #expect(foreseen[0]["insert"] as? Int ?? 0 > 0)
            #expect(foreseen[0]["update"] as? Int ?? 0 > 0)
            #expect((foreseen[0]["columns"] as? [String: Int])?["server_id"] ?? 0 > 0)
            #expect(foreseen[1]["files"] as? [String] == ["\(command.folder)/out/devices.csv"])
            #expect(try await command("plan", "--detailed-exitcode", "test.axport.yaml").status == 2)

            let run = try await command("run", "--offline", "--json", "test.axport.yaml")
            let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            let stages = try #require(report?["stages"] as? [[String: Any]]).filter { $0["kind"] as? String == "load" }
            let sum = (foreseen[0]["insert"] as? Int ?? 0) + (foreseen[0]["update"] as? Int ?? 0)
            #expect(stages[0]["written"] as? Int == sum)
            #expect(stages[0]["retired"] as? Int == foreseen[0]["retire"] as? Int)
            #expect(try command.read("out/devices.csv") != csv)
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
        let lines = ForecastTable(forecast: forecast, showsSource: false).text(80).split(separator: "\n").map(
            String.init
        )
        #expect(
            lines.dropFirst(2) == [
                "coverage  due                 40", "total                         40", "coverage: for 2h at most",
                "coverage: 7 devices wait for later runs", "About 5.0 s at the pace that Apple last allowed.",
                "2 min if Apple allows 20 requests a minute.", "Devices that are new tonight are not included.",
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
            try await run.ended()
        }
    }
}

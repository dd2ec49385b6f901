import Foundation
import Sandbox
import TestSupport
import Testing

/// Whatever a run waits for, it ends within a second of a signal, and when its time is over.
@Suite struct InterruptTests {
    private let load = "  - csv: { file: out/devices.csv }"

    @Test(arguments: ["a Retry-After", "a stalled answer", "a back-off", "the token endpoint"])
    func aSignalEndsTheWaitFor(what: String) async throws {
        try await withSandbox(
            .with {
                switch what {
                case "a Retry-After": ($0.rate, $0.burst) = (0.02, 1)
                case "a stalled answer": $0.faults = [Fault(.stall, 1)]
                case "a back-off": $0.faults = [Fault(.serverError, 1)]
                default: $0.faults = [Fault(.tooManyTokens, 1)]
                }
            }
        ) { command, sandbox in
            try command.write(pipeline(extract: "[devices, assignments]", load: load), to: "test.axport.yaml")
            let run = try command.start("run", "test.axport.yaml")
            let enough = what == "a stalled answer" ? 1 : 2
            while await sandbox.statistics.requests.values.reduce(0, +) < enough + 1 {
                try await Task.sleep(for: .milliseconds(20))
                if !run.isRunning { break }
            }
            try await Task.sleep(for: .milliseconds(100))
            let began = ContinuousClock.now
            run.terminate()
            try await run.ended()
            #expect(ContinuousClock.now - began < .seconds(1.2))
            #expect(run.terminationStatus == 130)
        }
    }

    /// No C library can be told to stop looking up a name: the run does not wait for it.
    @Test(.enabled(if: MountNamespace.isPermitted, MountNamespace.reason))
    func aSignalEndsTheWaitForANameServer() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(extract: "[devices]", load: load), to: "test.axport.yaml")
            try command.write("nameserver 127.0.0.1\noptions timeout:30 attempts:3\n", to: "resolv.conf")
            let address = "https://silent.example"
            let script = """
                mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
                unshare -n python3 '\(Repository.path("Tests/axportTests/Support/silent_dns.py"))' "$AXPORT" run \
                test.axport.yaml --set source.api_url=\(address) --set source.token_url=\(address)/token > took
                """
            try await MountNamespace.run(script, command)
            let took = try command.read("took").split(separator: " ")
            #expect(took.count == 2 && took.last?.hasPrefix("130") == true, "\(took)")
            #expect(try #require(took.first.flatMap { Double($0) }) < 1.2)
        }
    }

    @Test func aSignalEndsAlsoTheSecondSource() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 20 }) { command, sandbox in
            try command.write(
                """
                jobs: 1
                sources:
                \(sandboxSource("one"))
                \(sandboxSource("two"))
                extract: [devices, coverage]
                load: [csv: { file: "out/{source}.csv" }]
                """,
                to: "test.axport.yaml"
            )
            let run = try command.start("run", "test.axport.yaml")
            let listed = sandbox.listedCount
            while await sandbox.statistics.requests[.coverage, default: 0] < listed + 10, run.isRunning {
                try await Task.sleep(for: .milliseconds(10))
            }
            let began = ContinuousClock.now
            run.terminate()
            try await run.ended()
            #expect(ContinuousClock.now - began < .seconds(1.2))
            #expect(run.terminationStatus == 130)
            #expect(command.exists("out/one.csv") && !command.exists("out/two.csv"))
        }
    }

    @Test func aRunWhoseTimeIsOverLoadsWhatItKnowsAndTheNextGoesOn() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 50 }) { command, sandbox in
            try command.write(pipeline(extract: "[devices, coverage]", load: load), to: "test.axport.yaml")
            let first = try await command("run", "test.axport.yaml", "--max-time", "2s")
            #expect(first.status == 3, "\(first.errors)")
            #expect(
                first.errors.contains("the time limit for requests to Apple (--max-time 2s) was reached"),
                "\(first.errors)"
            )
            #expect(try command.read("out/devices.csv").split(separator: "\r\n").count > 250)
            let asked = await sandbox.statistics.requests[.coverage, default: 0]
            #expect(asked > 20)
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let listed = sandbox.listedCount
            let total = await sandbox.statistics.requests[.coverage, default: 0]
            #expect(asked < listed && total <= listed + 8, "\(total) coverage requests for \(listed) devices")
        }
    }

    /// Twenty requests a minute with a budget, made sixty times faster.
    @Test func threeNightsWithABudgetCoverTheFleetAndAskForNothingTwice() async throws {
        try await withSandbox(
            .with {
                $0.devices = 290
                $0.rate = 20
                $0.burst = 20
            }
        ) { command, sandbox in
            let extract = "[devices, coverage: { max_requests: 100 }]"
            try command.write(pipeline(extract: extract, load: load), to: "test.axport.yaml")
            for _ in 1...3 {
                let run = try await command("run", "test.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
            }
            let cells = try command.read("out/devices.csv")
            #expect(!cells.contains(",unknown,"))
            let statistics = await sandbox.statistics
            let listed = sandbox.listedCount
            let answered = statistics.requests[.coverage, default: 0] - statistics.refused
            #expect(answered <= listed && answered >= listed - statistics.refused, "\(answered) of \(listed)")
            #expect(statistics.refused < 20, "\(statistics.refused)")
            #expect(statistics.tooEarly == 0)
        }
    }
}

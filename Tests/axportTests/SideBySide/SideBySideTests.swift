import Foundation
import Sandbox
import TestSupport
import Testing

/// Sources that run side by side, as a service provider has them.
@Suite(.timeLimit(.minutes(2))) struct SideBySideTests {
    private let names = (1...6).map { "tenant\($0)" }

    private func pipeline(_ sources: [String], extract: String = "[devices]", load: String) -> String {
        "name: tenants\nsources:\n\(sources.joined(separator: "\n"))\nextract: \(extract)\nload:\n\(load)\n"
    }

    /// A report on standard output.
    private struct Told: Decodable {
        let source, endedAt: String
        let exitCode, written: Int
    }

    private func told(_ output: String) throws -> [Told] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var told: [Told] = []
        for line in output.split(whereSeparator: \.isNewline) where line.hasPrefix("{") {
            told.append(try decoder.decode(Told.self, from: Data(line.utf8)))
        }
        return told
    }

    private let file = "  - csv: { file: \"out/{source}.csv\" }"

    /// The first one gets no answer, until its time is over. The others are done meanwhile, and their reports still come
    /// in the order of the file.
    @Test func oneThatHangsHoldsNobodyUp() async throws {
        try await withSandbox { command, _ in
            let silent = try await Sandbox.start(.with { $0.faults = [Fault(.stall, 1)] })
            let hanging = sandboxSource("hanging").replacing("${env:AXPORT_API_URL}", with: silent.apiURL)
            let sources = [hanging + "\n    max_time: 6s"] + names.map { sandboxSource($0) }
            try command.write(pipeline(sources, load: file), to: "t.axport.yaml")
            let run = try await command("run", "t.axport.yaml", "--json", "--summary", "summary.json")
            await silent.stop()
            #expect(run.status == 3, "\(run.errors)")
            let reports = try told(run.output)
            #expect(reports.map(\.source) == ["hanging"] + names)
            let last = reports.first?.endedAt ?? ""
            #expect(reports.dropFirst().allSatisfy { $0.endedAt < last }, "\(run.errors)")
            #expect(reports.map(\.exitCode) == [75] + names.map { _ in 0 }, "\(run.errors)")
            #expect(run.errors.contains("error: hanging: "), "\(run.errors)")
            let summary = try command.read("summary.json")
            let written = summary.matches(of: /"source":"(\w+)"/).map { String($0.output.1) }
            #expect(written == ["hanging"] + names, "\(summary)")
        }
    }

    /// Whole lists follow one another on standard output, and reports come after them.
    @Test func listsOnStandardOutputAreNotMixed() async throws {
        try await withSandbox(.with(devices: 1200)) { command, sandbox in
            let load = "  - csv: { file: \"-\", columns: [source, serial_number] }"
            try command.write(pipeline(names.map { sandboxSource($0) }, load: load), to: "t.axport.yaml")
            let run = try await command("run", "t.axport.yaml", "--json")
            #expect(run.status == 0, "\(run.errors)")
            let lines = run.output.split(whereSeparator: \.isNewline).map(String.init)
            let heads = lines.indices.filter { lines[$0] == "source,serial_number" }
            #expect(heads.count == 6)
            for (head, next) in zip(heads, heads.dropFirst() + [lines.count - 6]) {
                let sources = Set(lines[head + 1..<next].map { $0.prefix { $0 != "," } })
                #expect(sources.count == 1)
                #expect(next - head - 1 == sandbox.listedCount)
            }
            let reports = try told(lines.suffix(6).joined(separator: "\n"))
            #expect(reports.map(\.source) == names)
        }
    }

    private static let partitions = """
        CREATE TABLE devices (source text, serial_number text, color text, PRIMARY KEY (source, serial_number))
        PARTITION BY HASH (serial_number);
        CREATE TABLE devices_0 PARTITION OF devices FOR VALUES WITH (MODULUS 3, REMAINDER 0);
        CREATE TABLE devices_1 PARTITION OF devices FOR VALUES WITH (MODULUS 3, REMAINDER 1);
        CREATE TABLE devices_2 PARTITION OF devices FOR VALUES WITH (MODULUS 3, REMAINDER 2)
        """

    /// SQLite locks the whole file for each load.
    @Test(arguments: ["sqlite", "postgres", "partitions"])
    func loadsIntoOneTableTakeTurns(_ database: String) async throws {
        try await withSandbox { command, sandbox in
            let server = try await PostgresServer.shared()
            let url = try server.freshDatabase()
            let place = database == "sqlite" ? "file: all.sqlite" : "url: \"\(url)\", lock_timeout: 1s"
            let stage = database == "sqlite" ? "sqlite" : "postgres"
            if database == "partitions" { _ = try server.query(Self.partitions, database: url) }
            let load = "  - \(stage): { \(place), columns: [source, serial_number, color] }"
            try command.write(pipeline(names.map { sandboxSource($0) }, load: load), to: "t.axport.yaml")
            for written in [sandbox.listedCount, 0] {
                let run = try await command("run", "t.axport.yaml", "--json")
                #expect(run.status == 0, "\(run.errors)")
                let reports = try told(run.output)
                #expect(reports.map(\.written) == names.map { _ in written })
            }
        }
    }

    @Test func aSignalEndsThemAll() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 20 }) { command, sandbox in
            let sources = names.map { sandboxSource($0) }
            try command.write(pipeline(sources, extract: "[devices, coverage]", load: file), to: "t.axport.yaml")
            let run = try command.start("run", "t.axport.yaml", "--summary", "summary.json")
            while await sandbox.statistics.requests[.coverage, default: 0] < 60, run.isRunning {
                try await Task.sleep(for: .milliseconds(10))
            }
            let began = ContinuousClock.now
            run.terminate()
            try await run.ended()
            #expect(ContinuousClock.now - began < .seconds(1.5))
            #expect(run.terminationStatus == 130)
            let summary = try command.read("summary.json")
            #expect(summary.matches(of: /"exit_code":130/).count >= 6, "\(summary)")
            #expect(try !command.files.contains { $0.hasPrefix("out/") && $0.hasSuffix(".csv") })
            let again = try await command("run", "t.axport.yaml")
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test func eachHasItsLineOnATerminal() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 30 }) { command, _ in
            let sources = names.map { sandboxSource($0) }
            try command.write(pipeline(sources, extract: "[devices, coverage]", load: file), to: "t.axport.yaml")
            let arguments = ["run", "t.axport.yaml", "--jobs", "4"]
            let (_, written) = try await command.onTerminal(columns: 80, arguments)
            // Four lines and one for all, drawn again and again over themselves.
            let erasure = "\r" + String(repeating: "\u{1B}[A", count: 4) + "\u{1B}[J"
            #expect(written.raw.contains(erasure), "\(written.text)")
            #expect(written.lines.contains { $0.hasPrefix("0 of 6 ended; 4 running, 2 waiting") }, "\(written.text)")
            for name in names {
                #expect(written.lines.contains { $0.hasPrefix("\(name): coverage  ") }, "\(name) in \(written.text)")
            }
            #expect(written.lines.allSatisfy { $0.count <= 80 })
        }
    }

    /// Where the process may not open as many files as it would need, fewer go on side by side, and it says so.
    @Test func fewFilesMeanFewerSideBySide() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(names.map { sandboxSource($0) }, load: file), to: "t.axport.yaml")
            let script = "ulimit -n 110; exec \"\(Command.program)\" run t.axport.yaml"
            var environment = command.environment
            environment["HOME"] = command.folder
            let run = try await Program.running(
                "/bin/sh",
                ["-c", "cd '\(command.folder)' && \(script)"],
                environment: environment
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("2 sources run side by side instead of 6"), "\(run.errors)")
        }
    }
}

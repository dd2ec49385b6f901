import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test func theDemoEndsWithTablesFilesAndWhatToTryNext() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let run = try await command("demo", "--devices", "120")
            #expect(run.status == 0, "\(run.errors)")
            for text in ["Devices by family", "iPhone", "Written:", "out/devices.csv", "Try next:"] {
                #expect(run.output.contains(text), "\(run.output)")
            }
            for file in ["assets.sqlite", "devices.csv", "devices.ndjson", "nac-allowlist.csv", "rejects.csv"] {
                #expect(command.exists("out/\(file)"))
            }
            #expect(try await command("demo", "--devices", "120").status == 0)
        }
    }

    @Test func exportWritesTheColumnsAndRowsAskedFor() async throws {
        try await withSandbox { command, sandbox in
            let run = try await command(
                "export",
                "--where",
                "product_family = 'iPad'",
                "--columns",
                "serial_number,product_family"
            )
            #expect(run.status == 0, "\(run.errors)")
            let lines = run.output.split(separator: "\r\n")
            #expect(lines.first == "serial_number,product_family")
            let fleet = sandbox.fleet
            let iPads = (0..<fleet.count).compactMap { fleet.device(at: $0) }.filter { device in
                device.isListed
                    && device.attributes.contains { $0.name == "productFamily" && $0.value == .text("iPad") }
            }
            #expect(lines.dropFirst().count == iPads.count)
            #expect(lines.dropFirst() == lines.dropFirst().sorted()[...])

            let offline = try await command("export", "--offline", "--format", "ndjson", "-o", "all.ndjson")
            #expect(offline.status == 0, "\(offline.errors)")
            #expect(offline.output.isEmpty)
            #expect(try command.read("all.ndjson").split(separator: "\n").count > 250)
        }
    }

    @Test(arguments: [#"a"b.pem"#, #"a\b.pem"#, "a}b.pem", "a: b #c.pem", "${env:HOME}.pem"])
    func theKeyOfAnExportMayHaveAnyName(name: String) async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            var command = command
            let key = try #require(command.environment["AXPORT_PRIVATE_KEY_FILE"])
            try command.write(String(contentsOfFile: key, encoding: .utf8), to: name, mode: 0o600)
            command.environment["AXPORT_PRIVATE_KEY_FILE"] = "\(command.folder)/\(name)"
            let run = try await command("export", "--columns", "serial_number")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.hasPrefix("serial_number\r\n"))
            try command.write("", to: name, mode: 0o600)
            let empty = try await command("export")
            #expect(empty.status == 78)
            #expect(empty.errors.contains("${file:\(command.folder)/\(name)}: the file is empty"), "\(empty.errors)")
        }
    }

    @Test func anExportNeedsNothingOfTheLoadsThatItReplaces() async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            let text = pipeline(load: "  - csv: { file: \"${env:PLACE_OF_OTHERS}\" }")
            try command.write(text, to: "p.axport.yaml")
            #expect(try await command("run", "p.axport.yaml").errors.contains("${env:PLACE_OF_OTHERS}"))
            let run = try await command("export", "--from", "p.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.hasPrefix("serial_number,"))
        }
    }

    @Test func exportNamesTheOptionThatIsWrong() async throws {
        try await withSandbox { command, _ in
            let wrong = try await command("export", "--where", "famly = 'iPad'")
            #expect(wrong.status == 78)
            #expect(wrong.errors.contains("--where:1:1: error: no column 'famly'"), "\(wrong.errors)")
            let column = try await command("export", "--columns", "serial")
            #expect(
                column.errors.contains("--columns:1:1: error: no column 'serial'\nhint: did you mean 'serial_number'?")
            )
        }
    }

    @Test func previewShowsEachStageAndWritesNothing() async throws {
        try await withSandbox { command, _ in
            let load = "  - csv: { file: out/devices.csv, columns: [serial_number, imei1] }"
            try command.write(pipeline(transform: "[imei, storage]", load: load), to: "test.axport.yaml")
            let run = try await command("preview", "test.axport.yaml", "--rows", "3")
            #expect(run.status == 0, "\(run.errors)")
            for text in ["devices, as Apple sent them", "after imei", "after storage", "capacity_bytes", "would write"]
            {
                #expect(run.output.contains(text), "\(run.output)")
            }
            #expect(!command.exists("out"))
            #expect(!command.exists(".local"))
        }
    }

    @Test func offlineAsksNothing() async throws {
        try await withSandbox { command, sandbox in
            let load = "  - csv: { file: out/devices.csv, columns: [serial_number] }"
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            let early = try await command("run", "--offline", "test.axport.yaml")
            #expect(early.status == 65, "\(early.errors)")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let before = await sandbox.statistics.apiRequests
            #expect(try await command("run", "--offline", "test.axport.yaml").status == 0)
            #expect(await sandbox.statistics.apiRequests == before)
        }
    }

    @Test func answersGoToStdoutAndTheRestToStderr() async throws {
        try await withSandbox { command, _ in
            let load = "  - ndjson: { file: '-', columns: [serial_number] }"
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml", "--json")
            #expect(run.status == 0, "\(run.errors)")
            let lines = run.output.split(separator: "\n")
            #expect(lines.dropLast().allSatisfy { $0.hasPrefix(#"{"serial_number":""#) })
            #expect(lines.last?.contains(#""exit_code":0,"#) == true, "\(lines.last ?? "")")
            #expect(run.errors.contains("requests"))
        }
    }

    @Test func aSecondRunIsToldWhoHoldsTheInventory() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 300 }) { command, _ in
            let load = "  - csv: { file: out/devices.csv }"
            try command.write(pipeline(extract: "[devices, coverage]", load: load), to: "test.axport.yaml")
            let first = try command.start("run", "test.axport.yaml")
            try await Task.sleep(for: .seconds(1))
            let second = try await command("run", "test.axport.yaml")
            #expect(second.status == 75, "\(second.errors)")
            #expect(second.errors.contains("in use by process \(first.processIdentifier)"), "\(second.errors)")
            first.terminate()
            try await first.ended()
        }
    }

    @Test func anInterruptEndsCleanlyAndTheNextRunGoesOn() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 50 }) { command, sandbox in
            let load = "  - csv: { file: out/devices.csv }"
            try command.write(pipeline(extract: "[devices, coverage]", load: load), to: "test.axport.yaml")
            let run = try command.start("run", "test.axport.yaml")
            while await sandbox.statistics.requests[.coverage, default: 0] < 20 {
                try await Task.sleep(for: .milliseconds(20))
            }
            let began = ContinuousClock.now
            run.interrupt()
            try await run.ended()
            #expect(ContinuousClock.now - began < .seconds(2))
            #expect(run.terminationStatus == 130)
            #expect(try await command("runs").output.contains(" interrupted (130)\n"))
            #expect(!command.exists("out/devices.csv"))
            let asked = await sandbox.statistics.requests[.coverage, default: 0]
            #expect(asked > 0)
            let listed = sandbox.listedCount
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let total = await sandbox.statistics.requests[.coverage, default: 0]
            #expect(total <= listed + 8, "\(total) coverage requests for \(listed) devices")
        }
    }

    @Test func secretsAreNowhere() async throws {
        try await withSandbox { command, sandbox in
            let load = "  - postgres: { url: \"postgresql://axport:hunter2@127.0.0.1:9/none\", retries: 0 }"
            try command.write(pipeline(load: load), to: "test.axport.yaml", mode: 0o600)
            let run = try await command("run", "test.axport.yaml", "--json")
            #expect(run.status == 73, "\(run.errors)")
            for text in [run.output, run.errors] {
                #expect(!text.contains("hunter2"))
                #expect(!text.contains("PRIVATE KEY"))
                #expect(!text.contains("Bearer"))
            }
        }
    }
}

import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import axport

@Suite struct OtherSchedulesTests {
    /// One that runs on the simulated organization, with a variable in a file.
    private let sandboxed = """
        source: { platform: sandbox, devices: 5 }
        inventory: inventory.sqlite
        extract: [devices]
        load: [{ csv: { file: "${env:AXPORT_TEST_OUT}.csv" } }]
        """

    /// As cron does: a percent sign that is not escaped ends the command.
    private func cronRuns(_ line: String, in folder: String) async throws -> Program.Run {
        let command = String(line.split(separator: " ", maxSplits: 5)[5])
        #expect(!command.replacing("\\%", with: "").contains("%"))
        return try await Program.running(
            "/usr/bin/env",
            ["-i", "HOME=\(folder)", "PATH=/usr/bin:/bin", "/bin/sh", "-c", command.replacing("\\%", with: "%")]
        )
    }

    @Test func theCrontabLineRunsAndIsSilentUnlessARunFails() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["AXPORT_TEST_OUT": "\(folder)/any"])
            try command.write(sandboxed, to: "nightly.axport.yaml")
            let schedule = try await command("init", "--schedule", "cron", "nightly.axport.yaml")
            #expect(schedule.status == 0, "\(schedule.errors)")
            try await ScheduledPipeline.expectShellReads(
                ScheduledPipeline.commands(in: schedule.output),
                in: folder
            )
            let lines = ScheduledPipeline.lines(schedule)
            let line = try #require(lines.first)
            #expect(lines.count == 1 && line.wholeMatch(of: /[1-5]?[0-9] 2 \* \* \* .+/) != nil, "\(lines)")

            try command.write("AXPORT_TEST_OUT='\(folder)/100%'\n", to: "nightly.env", mode: 0o600)
            let fine = try await cronRuns(line, in: folder)
            #expect(fine.status == 0 && fine.output.isEmpty && fine.errors.isEmpty, "\(fine)")
            #expect(command.exists("100%.csv"))

            try command.write("AXPORT_TEST_OUT=/proc/nowhere/x\n", to: "nightly.env", mode: 0o600)
            let failed = try await cronRuns(line, in: folder)
            #expect(failed.output.contains("/proc/nowhere/x.csv"), "\(failed)")
        }
    }

    @Test func thePropertyListNamesTheCommand() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ScheduledPipeline.schedule("launchd", file: "a--b---c.axport.yaml", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            try run.output.write(toFile: "\(folder)/a.plist", atomically: true, encoding: .utf8)
            let script = """
                import json, plistlib, sys
                print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))
                """
            let read = try await Program.running("/usr/bin/env", ["python3", "-c", script, "\(folder)/a.plist"])
            #expect(read.status == 0, "\(read.errors)")
            let list = try #require(
                try JSONSerialization.jsonObject(with: Data(read.output.utf8)) as? [String: Any]
            )
            #expect(list["Label"] as? String == "axport.a--b---c")
            #expect((list["StartCalendarInterval"] as? [String: Int])?["Hour"] == 2)
            let words = try #require(list["ProgramArguments"] as? [String])
            #expect(
                words == [
                    "/bin/sh", "-c",
                    "set -a; . \(folder)/a--b---c.env; exec \(Command.program) run \(folder)/a--b---c.axport.yaml",
                ]
            )
            let commands = ScheduledPipeline.commands(in: run.output)
            try await ScheduledPipeline.expectShellReads(commands, in: folder)
            let touch = try #require(commands.first { $0.hasPrefix("touch") })
            #expect(try await Program.running("/bin/sh", ["-c", touch]).status == 0)
            #expect(Command(folder: folder).exists("a--b---c.env"))
        }
    }

    @Test func theCronJobTriesAgainAsTheUnitDoes() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ScheduledPipeline.schedule("kubernetes", file: "Nightly_1.axport.yaml", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            try await ScheduledPipeline.expectShellReads(ScheduledPipeline.commands(in: run.output), in: folder)
            let documents = run.output.components(separatedBy: "\n---\n")
            try #require(documents.count == 2)
            let environment = Environment.only([:])
            let job = try ConfigNode.parse(documents[0], file: "job", environment: environment)
            let claim = try ConfigNode.parse(documents[1], file: "claim", environment: environment)
            #expect(job["kind"]?.scalarText == "CronJob" && claim["kind"]?.scalarText == "PersistentVolumeClaim")
            #expect(job["metadata", "name"]?.scalarText == "axport-nightly-1")
            let pods = job["spec", "jobTemplate", "spec"]
            let codes = pods?["podFailurePolicy", "rules"]?.items.first?["onExitCodes", "values"]?.items
            #expect(codes?.compactMap(\.scalarText) == AfterExit.notAgain.map { "\($0.rawValue)" })
            let pod = try #require(pods?["template", "spec"])
            #expect(pod["restartPolicy"]?.scalarText == "Never")
            let container = try #require(pod["containers"]?.items.first)
            #expect(container["args"]?.items.last?.scalarText == "/etc/axport/Nightly_1.axport.yaml")
            #expect(container["securityContext", "readOnlyRootFilesystem"]?.scalarText == "true")
            let mounted = container["volumeMounts"]?.items.compactMap { $0["mountPath"]?.scalarText } ?? []
            #expect(mounted.suffix(3) == ["/run/axport/keys", "/srv/ex port", "/home/reports"])
            let volumes = Set(pod["volumes"]?.items.compactMap { $0["name"]?.scalarText } ?? [])
            let used = Set(container["volumeMounts"]?.items.compactMap { $0["name"]?.scalarText } ?? [])
            #expect(used == volumes)
        }
    }
}

extension ConfigNode {
    fileprivate subscript(names: String...) -> ConfigNode? {
        names.reduce(self) { node, name in
            guard case .map(let pairs) = node?.content else { return nil }
            return pairs.first { $0.key.scalarText == name }?.value
        }
    }
}

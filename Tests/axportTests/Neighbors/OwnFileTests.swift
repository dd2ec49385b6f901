import Foundation
import TestSupport
import Testing

/// A pipeline never overwrites a file that it needs.
@Suite struct OwnFileTests {
    private static let key = "a file that the pipeline reads"
    private static let places: [(name: String, use: String)] = [
        ("p.axport.yaml", "the pipeline file"), ("./out/../p.axport.yaml", "the pipeline file"),
        ("{folder}/p.axport.yaml", "the pipeline file"), ("link.csv", "the pipeline file"),
        ("hard.csv", "the pipeline file"), ("inv.data", "the inventory"), ("inv.data-wal", "the inventory"),
        ("inv.data.lock", "the inventory"), ("account/private-key.pem", key), ("key.csv", key),
        (".cache/axport/token-abc.json", "reserved for the saved token"),
    ]

    /// Runs a pipeline with a load that is refused: everything is as it was afterwards.
    private func said(
        of load: String,
        _ sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        var said: [String] = []
        try await withSandbox(.with(devices: 3)) { command, _ in
            let load = load.replacing("{folder}", with: command.folder)
            let text = pipeline(load: "  - \(load)") + "\ninventory: inv.data\n"
            try command.write(text, to: "p.axport.yaml")
            let files = FileManager.default
            try files.createDirectory(atPath: "\(command.folder)/out", withIntermediateDirectories: false)
            try files.createSymbolicLink(atPath: "\(command.folder)/link.csv", withDestinationPath: "p.axport.yaml")
            for (name, target) in [("hard.csv", "p.axport.yaml"), ("key.csv", "account/private-key.pem")] {
                try files.linkItem(atPath: "\(command.folder)/\(target)", toPath: "\(command.folder)/\(name)")
            }
            let before = try command.files
            for verb in ["check", "run", "plan"] {
                let run = try await command(verb, "p.axport.yaml")
                #expect(run.status == 78, "\(verb): \(run.errors)", sourceLocation: sourceLocation)
                // Only `check` counts.
                let problems = run.errors.replacing(/\d+ problems? in p\.axport\.yaml\n/, with: "")
                said.append(problems.replacing(command.folder, with: "{folder}"))
            }
            #expect(try command.files == before, sourceLocation: sourceLocation)
            #expect(try command.read("p.axport.yaml") == text, sourceLocation: sourceLocation)
        }
        #expect(Set(said).count == 1, sourceLocation: sourceLocation)
        return (said.first ?? "").split(separator: "\n").map(String.init)
    }

    @Test(arguments: places) func noLoadTakesItsPlace(name: String, use: String) async throws {
        for kind in [name.hasSuffix(".json") ? "json" : "csv", "sqlite"] {
            let problems = try await said(of: "\(kind): { file: '\(name)' }")
            let path = name.replacing("./out/../", with: "").replacing("{folder}/", with: "")
            let problem = ["p.axport.yaml:11:5: error: {folder}/\(path) is \(use)", "hint: choose another name"]
            #expect(Array(problems.prefix(2)) == problem)
            // So are the files that SQLite puts beside its own.
            let isFour = kind == "sqlite" && (name == "inv.data" || name.contains("token"))
            #expect(problems.count == 2 * (isFour ? 4 : 1), "\(problems)")
        }
    }

    @Test func norDoesWhatStandsBesideAFile() async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            for (key, load) in [
                ("a.csv.sha256", "csv: { file: a.csv, checksum: true }"),
                ("a.csv.manifest.json", "csv: { file: a.csv, manifest: true }"),
                ("a.csv.previous", "csv: { file: a.csv, keep_previous: true }"),
                ("a-007.csv", "csv: { file: a.csv, split_rows: 2 }"), ("a.db-wal", "sqlite: { file: a.db }"),
            ] {
                let pem = try command.read("account/private-key.pem")
                try command.write(pem, to: key, mode: 0o600)
                let text = pipeline(load: "  - \(load)").replacing("account/private-key.pem", with: key)
                try command.write(text, to: "p.axport.yaml")
                let run = try await command("check", "p.axport.yaml")
                #expect(run.status == 78)
                #expect(
                    run.errors == """
                        p.axport.yaml:11:5: error: \(command.folder)/\(key) is \(Self.key)
                        hint: choose another name
                        1 problem in p.axport.yaml

                        """
                )
                #expect(try command.read(key) == pem)
                try FileManager.default.removeItem(atPath: "\(command.folder)/\(key)")
            }
        }
    }

    @Test func noLoadTakesThePlaceOfAnother() async throws {
        let first = "sqlite: { file: out/a }\n  - "
        for (load, problem) in [
            ("\(first)csv: { file: out/a }", "out/a"),
            ("\(first)csv: { file: ./out//a-wal }", "out/a-wal"),
            ("\(first)csv: { file: '{folder}/out/a' }", "out/a"),
        ] {
            let problems = try await said(of: load)
            #expect(
                problems == [
                    "p.axport.yaml:12:5: error: {folder}/\(problem) is written by the load 'sqlite' of line 11",
                    "hint: choose another name",
                ]
            )
        }
        let beside = try await said(of: "csv: { file: a.csv, checksum: true }\n  - csv: { file: a.csv.sha256 }")
        #expect(
            beside == [
                "p.axport.yaml:12:5: error: {folder}/a.csv.sha256 is written by the load 'csv' of line 11",
                "hint: choose another name",
            ]
        )
        let twice = try await said(of: "csv: { file: a.csv }\n  - csv: { file: ./out/../a.csv }")
        #expect(
            twice == [
                "p.axport.yaml:12:5: error: the load 'csv' of line 11 already writes {folder}/a.csv",
                "hint: give each load a different file",
            ]
        )
    }

    @Test(arguments: ["/dev/stderr", "/dev/fd/7", "/proc/self/fd/2", "/dev/null", "out"])
    func whatIsNoFileIsSaidByCheck(name: String) async throws {
        let problems = try await said(of: "csv: { file: \(name) }")
        let what =
            ["/dev/null", "out"].contains(name)
            ? ["is not a regular file", "choose another name"]
            : ["is an open file of a process", "name a file, or `-` for standard output"]
        #expect(
            problems == [
                "p.axport.yaml:11:5: error: \(name == "out" ? "{folder}/out" : name) \(what[0])", "hint: \(what[1])",
            ]
        )
    }

    @Test func standardOutputByItsNameIsStandardOutput() async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            try command.write(
                pipeline(load: "  - csv: { file: /dev/stdout, columns: [serial_number] }"),
                to: "p.axport.yaml"
            )
            let run = try await Program.running(
                "/bin/sh",
                ["-c", "cd \"$0\"; echo before > log; \(Command.program) run p.axport.yaml >> log", command.folder],
                environment: command.environment.merging(["HOME": command.folder]) { $1 }
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(try command.lines("log").prefix(2) == ["before", "serial_number"])
            let export = try await command("export", "--offline", "--from", "p.axport.yaml", "-o", "/dev/fd/1")
            #expect(export.output.hasPrefix("serial_number,"))
            let refused = try await command("export", "--offline", "--from", "p.axport.yaml", "-o", "p.axport.yaml")
            #expect(refused.status == 64 && refused.errors.contains("-o p.axport.yaml: axport does not write .yaml"))
            #expect(try command.read("p.axport.yaml").contains("/dev/stdout"))
        }
    }

    @Test func theSummaryTakesNobodysPlace() async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            let text = pipeline(load: "  - csv: { file: out.csv, checksum: true }") + "\ninventory: inv.sqlite\n"
            try command.write(text, to: "p.axport.yaml")
            try command.write("source: {}", to: "broken.axport.yaml")
            #expect(try await command("run", "p.axport.yaml").status == 0)
            let rows = try command.read("out.csv")
            for (file, summary, use) in [
                ("p", "p.axport.yaml", "a pipeline file"), ("p", "./inv.sqlite", "the inventory"),
                ("p", "account/private-key.pem", Self.key), ("broken", "broken.axport.yaml", "a pipeline file"),
                ("p", "out.csv", "written by the load 'csv' of line 11"),
                ("p", "out.csv.sha256", "written by the load 'csv' of line 11"),
            ] {
                let run = try await command("run", "--summary", summary, "\(file).axport.yaml")
                #expect(run.status == 64)
                let path = "\(command.folder)/\(summary.replacing("./", with: ""))"
                let refusal = "error: --summary: \(path) is \(use)\nhint: name another file\n"
                #expect(run.errors.hasSuffix(refusal))
                // The problems of a file come first.
                #expect((run.errors == refusal) == (file == "p"), "\(run.errors)")
            }
            #expect(try command.read("p.axport.yaml") == text)
            #expect(try command.read("out.csv") == rows)
            for name in ["-", "/dev/stdout"] {
                #expect(try await command("run", "--summary", name, "p.axport.yaml").status == 64)
            }
            let refused = try await command("run", "--summary", "/dev/stderr", "p.axport.yaml")
            #expect(refused.status == 73)
        }
    }
}

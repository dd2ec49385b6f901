import Foundation
import TestSupport
import Testing

/// Where the paths of a pipeline file lead, whatever the working directory.
@Suite struct PipelineFolderTests {
    /// A folder `srv` to work in, with links resolved as the kernel names it.
    static func withFolder(_ test: (Command, _ folder: String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let top = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            for name in ["srv/conf", "srv/other", "home"] {
                try FileManager.default.createDirectory(atPath: "\(top)/\(name)", withIntermediateDirectories: true)
            }
            try await test(Command(folder: "\(top)/srv", environment: ["HOME": "\(top)/home"]), "\(top)/srv")
        }
    }

    static func pipeline(_ file: String, more: String = "") -> String {
        """
        \(more)
        source: { platform: sandbox, name: acme, devices: 30 }
        inventory: state/{source}.sqlite
        extract: [devices]
        load: [csv: { file: \(file), columns: [serial_number] }]
        """
    }

    @Test(
        arguments: [
            ("out/a.csv", "conf/out/a.csv"), ("./a.csv", "conf/a.csv"), ("../a.csv", "a.csv"),
            ("'~/a.csv'", "../home/a.csv"), ("'../other/für alle (neu).csv'", "other/für alle (neu).csv"),
            ("'{source}/a-{run}x.csv'", nil),
        ] as [(String, String?)]
    )
    func theyAreRelativeToTheFolderOfTheFile(_ written: String, _ place: String?) async throws {
        try await Self.withFolder { command, folder in
            try command.write(Self.pipeline(written), to: "conf/night.axport.yaml")
            for name in [
                "conf/night.axport.yaml", "./conf/../conf/night.axport.yaml", "\(folder)/conf/night.axport.yaml",
            ] {
                let run = try await command("run", name, "--json")
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains(#""pipeline_file":"\#(folder)/conf/night.axport.yaml""#), "\(run.output)")
                if let place {
                    let shown =
                        place.hasPrefix("../") ? "\(folder.dropLast(4))/\(place.dropFirst(3))" : "\(folder)/\(place)"
                    #expect(run.output.contains(#""destination":"\#(shown)""#), "\(run.output)")
                }
            }
            #expect(place.map(command.exists) ?? true)
            #expect(command.exists("conf/state/acme.sqlite"))
            #expect(!command.exists("out") && !command.exists("state"))
        }
    }

    @Test func aLinkToTheFileIsInTheFolderOfTheLink() async throws {
        try await Self.withFolder { command, folder in
            try command.write(Self.pipeline("out/a.csv"), to: "conf/night.axport.yaml")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/other/night.axport.yaml",
                withDestinationPath: "../conf/night.axport.yaml"
            )
            #expect(try await command("run", "other/night.axport.yaml").status == 0)
            #expect(command.exists("other/out/a.csv") && !command.exists("conf/out"))
        }
    }

    @Test func filesOfSeveralFoldersEachKeepTheirs() async throws {
        try await Self.withFolder { command, _ in
            for folder in ["conf", "other"] {
                try command.write(Self.pipeline("out/a.csv"), to: "\(folder)/night.axport.yaml")
            }
            let run = try await command("run", "conf/night.axport.yaml", "other/night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(command.exists("conf/out/a.csv") && command.exists("other/out/a.csv") && !command.exists("out"))
        }
    }

    @Test func theCommandLineAndStandardInputAreInTheWorkingDirectory() async throws {
        try await Self.withFolder { command, folder in
            try command.write(Self.pipeline("out/a.csv"), to: "conf/night.axport.yaml")
            let set = try await command(
                "run",
                "conf/night.axport.yaml",
                "--set",
                "load.0.csv.file=set.csv",
                "--summary",
                "summary.json"
            )
            #expect(set.status == 0, "\(set.errors)")
            #expect(command.exists("set.csv") && command.exists("summary.json") && !command.exists("conf/out"))

            let export = try await command(
                "export",
                "--from",
                "conf/night.axport.yaml",
                "-o",
                "export.csv",
                "--offline"
            )
            #expect(export.status == 0, "\(export.errors)")
            #expect(command.exists("export.csv"))

            let piped = try await Program.running(
                "/bin/sh",
                ["-c", "cd '\(folder)' && '\(Command.program)' run - < conf/night.axport.yaml"],
                environment: command.environment
            )
            #expect(piped.status == 0, "\(piped.errors)")
            #expect(command.exists("out/a.csv") && command.exists("state/acme.sqlite"))
        }
    }

    @Test func problemsOfStandardInputHaveTheirPlace() async throws {
        try await Self.withFolder { command, folder in
            try command.write("source: { platform: sandbox }\nload: []\n", to: "bad.yaml")
            let piped = try await command.reading("bad.yaml", ["check", "-"])
            #expect(piped.status == 78)
            #expect(piped.errors.contains("-:1:1: error: 'extract' is missing"), "\(piped.errors)")
            #expect(try await command("check", "-", "-").status == 64)
        }
    }

    @Test func problemsOfAFileHaveThePlaceAsItWasNamed() async throws {
        try await Self.withFolder { command, _ in
            try command.write("source: {}\n", to: "conf/bad.yaml")
            let run = try await command("check", "./conf/bad.yaml")
            #expect(run.errors.hasPrefix("./conf/bad.yaml:1:"), "\(run.errors)")
        }
    }

    @Test func whatAFileRefersToIsBesideIt() async throws {
        try await Self.withFolder { command, folder in
            let text = Self.pipeline("a.csv").replacing("name: acme", with: "name: '${file:name.txt}'")
            try command.write(text, to: "conf/night.axport.yaml")
            try command.write("best\n", to: "name.txt")
            let none = try await command("check", "conf/night.axport.yaml")
            #expect(none.status == 78)
            #expect(
                none.errors.contains(
                    """
                    error: ${file:name.txt}: \(folder)/conf/name.txt: the file does not exist
                    hint: \(folder)/name.txt exists: move it, or write its full path
                    """
                ),
                "\(none.errors)"
            )
            try command.write("acme\n", to: "conf/name.txt")
            #expect(try await command("run", "conf/night.axport.yaml").status == 0)
            #expect(command.exists("conf/state/acme.sqlite"))
        }
    }

    @Test func aBaseOfTheFileTakesItsPlace() async throws {
        try await Self.withFolder { command, folder in
            for (base, place) in [("base: .", ""), ("base: other", "other/"), ("base: '\(folder)/conf/x'", "conf/x/")] {
                try command.write(Self.pipeline("out/a.csv", more: base), to: "conf/night.axport.yaml")
                let run = try await command("run", "conf/night.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
                #expect(command.exists("\(place)out/a.csv") && command.exists("\(place)state/acme.sqlite"))
            }
        }
    }
}

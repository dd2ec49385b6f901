import Foundation
import TestSupport
import Testing

/// Without a home folder, as a service is started.
@Suite struct ServiceFoldersTests {
    private let text = """
        source: { platform: sandbox, name: acme, devices: 30 }
        extract: [devices]
        load: [csv: { file: "${env:STATE_DIRECTORY:-out}/a.csv" }]

        """

    private func withoutHome(
        _ variables: [String: String] = [:],
        _ test: (Command, _ folder: String) async throws -> Void
    ) async throws {
        try await PipelineFolderTests.withFolder { command, folder in
            var command = command
            command.environment = ["HOME": "", "STATE_DIRECTORY": "", "CACHE_DIRECTORY": ""]
            for (name, value) in variables { command.environment[name] = value.replacing("$TOP", with: folder) }
            try command.write(text, to: "conf/night.axport.yaml")
            try await test(command, folder)
        }
    }

    @Test(arguments: ["run", "check", "plan"]) func theMessageSaysWhatIsMissing(_ verb: String) async throws {
        try await withoutHome { command, _ in
            let run = try await command(verb, "conf/night.axport.yaml")
            #expect(run.status == 64, "\(run.errors)")
            #expect(
                run.errors.contains(
                    """
                    error: inventories have no place: none of STATE_DIRECTORY, XDG_STATE_HOME, and HOME is set
                    hint: set HOME, or name a place with `inventory:` in the pipeline file
                    """
                ),
                "\(run.errors)"
            )
            #expect(!command.exists("conf/out"))
        }
    }

    @Test func aNamedInventoryNeedsNoHome() async throws {
        try await withoutHome { command, _ in
            try command.write("inventory: i.sqlite\n\(text)", to: "conf/night.axport.yaml")
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(command.exists("conf/i.sqlite") && command.exists("conf/out/a.csv"))
        }
    }

    @Test func theFoldersOfAServiceNeedNone() async throws {
        try await withoutHome(["STATE_DIRECTORY": "$TOP/state:$TOP/more", "XDG_STATE_HOME": "$TOP/xdg"]) { command, _ in
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(command.exists("state/acme.sqlite") && command.exists("state/a.csv"))
            #expect(!command.exists("xdg") && !command.exists("more"))
            #expect(try await command("runs").output.contains(" acme "))
        }
    }

    @Test func aPreviewNeedsNoInventory() async throws {
        try await withoutHome { command, _ in
            let preview = try await command("preview", "conf/night.axport.yaml")
            #expect(preview.status == 0, "\(preview.errors)")
        }
    }

    @Test func aTildeWithoutAHomeHasItsPlaceInTheFile() async throws {
        try await withoutHome { command, _ in
            try command.write(
                text.replacing("\"${env:STATE_DIRECTORY:-out}/a.csv\"", with: "~/a.csv"),
                to: "conf/night.axport.yaml"
            )
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 64)
            #expect(
                run.errors == """
                    conf/night.axport.yaml:3:21: error: `~` is the home folder, but HOME is not set
                    hint: set HOME, or write the full path

                    """
            )
        }
    }

    @Test func tokensAreKeptInTheCacheOfTheService() async throws {
        try await withSandbox { command, _ in
            var command = command
            command.environment["HOME"] = ""
            command.environment["STATE_DIRECTORY"] = "\(command.folder)/state"
            command.environment["CACHE_DIRECTORY"] = "\(command.folder)/cache:\(command.folder)/more"
            try command.write(pipeline(load: "  - csv: { file: a.csv }"), to: "test.axport.yaml")
            for _ in 1...2 { #expect(try await command("run", "test.axport.yaml").status == 0) }
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(command.folder)/cache")
            #expect(names.count == 1 && names[0].hasPrefix("token-"), "\(names)")
            #expect(!command.exists("more"))
        }
    }
}

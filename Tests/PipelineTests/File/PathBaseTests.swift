import Pipeline
import Records
import Stages
import Testing

@Suite struct PathBaseTests {
    private let home = "/home/me"

    private func setting(_ path: String, in folder: PathBase.Folder, home: String? = "/home/me") throws -> PathSetting {
        var environment = Environment.only(["HOME": home ?? ""])
        environment.folder = folder
        return try PathSetting(from: .parsed(path, environment))
    }

    @Test func aPathIsRelativeToTheFolderOfItsFile() throws {
        #expect(try setting("out/a.csv", in: .ofFile("/srv/conf")).path == "/srv/conf/out/a.csv")
        #expect(try setting("../a.csv", in: .chosen("/none/conf")).path == "/none/conf/../a.csv")
        #expect(try setting("/out/a.csv", in: .ofFile("/srv/conf")).path == "/out/a.csv")
        #expect(try setting("~/a.csv", in: .ofFile("/srv/conf")).path == "/home/me/a.csv")
        #expect(try setting("a.csv", in: .working).path == FilePlace.absolute("a.csv"))
    }

    @Test func whereItLedFromTheWorkingDirectoryIsKnown() throws {
        #expect(try setting("out/a.csv", in: .ofFile("/srv/conf")).former == FilePlace.absolute("out/a.csv"))
        for path in ["/out/a.csv", "~/a.csv", "''"] {
            #expect(try setting(path, in: .ofFile("/srv/conf")).former == nil)
        }
        #expect(try setting("out/a.csv", in: .ofFile(FilePlace.absolute("."))).former == nil)
        #expect(try setting("out/a.csv", in: .chosen("/srv/conf")).former == nil)
    }

    @Test func withoutAHomeFolderATildeIsNoPath() throws {
        let problem = #expect(throws: Diagnostic.self) { try setting("~/a.csv", in: .working, home: nil) }
        #expect(problem?.message == "`~` is the home folder, but HOME is not set")
        #expect(problem?.code == .usage)
    }

    private func inventory(_ yaml: String, overrides: [String] = [], _ variables: [String: String] = [:]) throws
        -> String
    {
        let text = PipelineText(
            yaml + pipeline(),
            file: "conf/t.yaml",
            in: .ofFile("/srv/conf"),
            overrides: try overrides.map(Override.init)
        )
        return try Planning(Desk().catalog, environment: .only(variables), startedAt: now).onePlan(for: text)
            .inventoryPath
    }

    @Test func theFileOrTheCommandLineNamesAnotherBase() throws {
        let named = "inventory: i.sqlite\n"
        #expect(try inventory(named) == "/srv/conf/i.sqlite")
        #expect(try inventory("base: .\n" + named) == FilePlace.absolute("i.sqlite"))
        #expect(try inventory("base: /data\n" + named) == "/data/i.sqlite")
        #expect(try inventory("base: data\n" + named) == FilePlace.absolute("data/i.sqlite"))
        #expect(try inventory("base: ~\n" + named, ["HOME": home]) == "/home/me/i.sqlite")
        #expect(try inventory("base: ${env:OUT}\n" + named, ["OUT": "/data"]) == "/data/i.sqlite")
        #expect(try inventory("base: ${env:OUT:-}\n" + named) == "/srv/conf/i.sqlite")
        #expect(try inventory("base: /data\n" + named, overrides: ["base=/more"]) == "/more/i.sqlite")
        #expect(try inventory(named, overrides: ["base=/more"]) == "/more/i.sqlite")
    }

    @Test func aValueOfTheCommandLineIsRelativeToTheWorkingDirectory() throws {
        #expect(try inventory("", overrides: ["inventory=i.sqlite"]) == FilePlace.absolute("i.sqlite"))
        #expect(try inventory("base: /data\n", overrides: ["inventory=i.sqlite"]) == FilePlace.absolute("i.sqlite"))
    }

    @Test func aBaseIsAFolder() throws {
        let problem = #expect(throws: PlanError.self) { try inventory("base: [a]\n") }
        #expect(problem?.description == "conf/t.yaml:1:7: error: expected text")
    }
}

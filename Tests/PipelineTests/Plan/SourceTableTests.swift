import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// `sources` in a table, in a folder, and in a list with defaults.
@Suite struct SourceTableTests {
    private static let rest = "\nextract: [devices]\nload: [desk: { name: a }]"
    private static let usual = "defaults: { platform: sandbox, max_time: 2h }"

    private func planned(
        _ sources: String,
        files: [String: String] = [:],
        mode: UInt16 = 0o644,
        variables: [String: String] = [:],
        choice: SourceChoice = SourceChoice(),
        overrides: [String] = [],
        asked: Vault = Vault()
    ) throws -> PipelinePlans {
        let environment = Environment(
            variables: variables.merging(["HOME": "/home/me"]) { $1 },
            programs: ProgramOutputs { arguments in asked.answer(arguments) },
            readFolder: { folder in
                let names = files.keys.filter { $0.hasPrefix(folder + "/") }.map {
                    String($0.dropFirst(folder.count + 1))
                }
                return names.isEmpty ? .failure(Problem("the folder does not exist")) : .success(names)
            },
            readFile: { path in
                files[path].map { .success(.init(text: $0, mode: mode)) }
                    ?? .failure(Problem("the file does not exist"))
            }
        )
        return try Planning(Desk().catalog, environment: environment, startedAt: now, choice: choice).plans(
            for: PipelineText(
                "sources: \(sources)\(Self.rest)",
                file: "/p/t.yaml",
                in: .ofFile("/p"),
                permissions: FilePermissions(path: "/p/t.yaml", mode: 0o644, isOfOtherUser: false),
                overrides: try overrides.map(Override.init)
            )
        )
    }

    private func table(_ text: String, _ defaults: String = usual, variables: [String: String] = [:]) throws
        -> PipelinePlans
    {
        try planned("{ file: t.csv, \(defaults) }", files: ["/p/t.csv": text], variables: variables)
    }

    private func bad(_ planned: PipelinePlans) -> [String] {
        planned.problemsOfSources.map { "\($0.location.file):\($0.location.line) \($0.text)" }
    }

    @Test func aRowIsASourceAndDefaultsFillWhatItDoesNotSay() throws {
        let plans = try table("name,devices,max_time\nacme,3,\nb-e_s7,4,1h\n").plans
        #expect(plans.map(\.source.name) == ["acme", "b-e_s7"])
        #expect(plans.map(\.source.sandbox.devices) == [3, 4])
        #expect(plans.map(\.source.maxTime?.seconds) == [7200, 3600])
        #expect(plans.map(\.isOneOfSeveral) == [true, true])
    }

    @Test(arguments: [
        "\u{FEFF}name;devices\r\n\"acme\";3\r\n", "\n# of 2026\nname\tdevices\n\n# old\nacme\t3",
        "devices,name\n3,acme\n,\n",
    ])
    func tablesAsSpreadsheetsAndPeopleWriteThem(_ text: String) throws {
        let plan = try #require(try table(text).plans.first)
        #expect(plan.source.name == "acme" && plan.source.sandbox.devices == 3)
    }

    @Test func referencesHaveTheNameOfTheSource() throws {
        let files = [
            "/p/tables/t.csv":
                "name,client_id,private_key\nacme,BUSINESSAPI.1,${file:{name}/key.pem}\nbest,BUSINESSAPI.2,\n",
            "/p/tables/acme/key.pem": "of acme\n", "/p/keys/best.pem": "of best\n",
        ]
        let sources = """
            { file: tables/t.csv, defaults: { platform: business, key_id: "${env:KEY_{name}}",
              private_key: "${file:keys/{name}.pem}" } }
            """
        let plans = try planned(sources, files: files, mode: 0o600, variables: ["KEY_acme": "k1", "KEY_best": "k2"])
            .plans
        #expect(plans.map(\.source.keyID) == ["k1", "k2"])
        #expect(plans.map(\.source.privateKey.text.reveal) == ["of acme", "of best"])
        #expect(plans.map(\.source.privateKey.file) == ["/p/tables/acme/key.pem", "/p/keys/best.pem"])
    }

    @Test(arguments: [
        ("acme corp,3", "t.csv:3", "the name 'acme corp' cannot be used"), (",3", "t.csv:3", "the source has no name"),
        ("../x,3", "t.csv:3", "the name '../x' cannot be used"),
        ("a,b,3", "t.csv:3", "the row has 3 values, and the table 2 columns"),
        ("best", "t.csv:3", "the row has 1 value, and the table 2 columns"),
        ("best,many", "best", "expected an integer"),
        ("best,\"3", "t.csv:3", "a quote in this row is not closed"),
        ("ACME,3", "t.csv:3", "the source 'ACME' is listed twice (as 'acme')"),
        ("best,${env:NONE}", "best", "${env:NONE}: the environment variable NONE is not set"),
    ])
    func aBadRowNamesItsLineAndStopsOnlyItself(_ row: String, _ name: String, _ problem: String) throws {
        let planned = try table("name,devices\nacme,1\n\(row)\ncore,2\ndune,\"3\"\n")
        #expect(planned.plans.map(\.source.name) == ["acme", "core", "dune"])
        #expect(bad(planned).count == 1)
        #expect(bad(planned).first?.hasPrefix("/p/t.csv:3 \(problem)") == true, "\(bad(planned))")
        #expect(planned.failedReports(startedAt: now).map(\.source) == [name])
    }

    @Test func aBadRowIsToldByOneShardOnly() throws {
        let files = ["/p/t.csv": "name,devices\nacme,1\nb c,1\nbest,1\nd,x\n"]
        let parts = try ["1/3", "2/3", "3/3"].map { shard in
            try planned("{ file: t.csv, \(Self.usual) }", files: files, choice: SourceChoice(shard: Shard(shard)))
        }
        #expect(parts.flatMap { $0.plans.map(\.source.name) }.sorted() == ["acme", "best"])
        #expect(parts.flatMap { bad($0) }.map { $0.prefix(10) }.sorted() == ["/p/t.csv:3", "/p/t.csv:5"])
        let one = try planned("{ file: t.csv, \(Self.usual) }", files: files, choice: SourceChoice(names: ["acme"]))
        #expect(one.plans.count == 1 && bad(one).isEmpty)
    }

    @Test(arguments: [
        ("{ file: none.csv }", "/p/t.yaml:1 cannot read the sources of /p/none.csv: the file does not exist"),
        (
            "{ file: empty.csv }",
            "/p/empty.csv:1 the table is empty; its first line names the columns: name,client_id,key_id,private_key"
        ),
        ("{ file: columns.csv }", "/p/columns.csv:1 no column 'devises'; did you mean 'devices'?"),
        ("{ file: noname.csv }", "/p/noname.csv:1 no column is named 'name'; each source needs one"),
        ("{ file: twice.csv }", "/p/twice.csv:1 the column 'devices' is there twice"),
        ("{ file: head.csv }", "/p/t.yaml:1 'sources' is empty: name at least one organization"),
        ("{ folder: none }", "/p/t.yaml:1 cannot read the sources in /p/none: the folder does not exist"),
        (
            "{ defaults: { devices: 3 } }",
            "/p/t.yaml:1 'sources' names no organizations; name one of file, folder, list"
        ),
        ("{ file: a, folder: b }", "/p/t.yaml:1 'sources' has file and folder; name one of file, folder, list"),
        ("{ file: a, default: {} }", "/p/t.yaml:1 no setting 'default'; did you mean 'defaults'?"),
        ("{ file: a, defaults: { name: x } }", "/p/t.yaml:1 no setting 'name'"),
        ("{ list: [] }", "/p/t.yaml:1 'sources' is empty: name at least one organization"),
    ])
    func whatIsWrongWithATableStopsTheFile(_ sources: String, _ problem: String) throws {
        let files = [
            "/p/empty.csv": "\n\n", "/p/columns.csv": "name,devises\na,1\n", "/p/noname.csv": "devices\n1\n",
            "/p/twice.csv": "name,devices,devices\na,1,1\n", "/p/head.csv": "name\n",
        ]
        let error = #expect(throws: PlanError.self) { try planned(sources, files: files) }
        let found = error?.diagnostics.map { "\($0.location.file):\($0.location.line) \($0.text)" } ?? []
        #expect(found.count == 1 && found[0].hasPrefix(problem), "\(found)")
        #expect(error?.code == .pipelineInvalid)
    }

    @Test func aFolderHasAFileForEachSource() throws {
        let files = [
            "/p/d/best.yml": "{ name: Best, devices: 4, platform: sandbox }", "/p/d/acme.yaml": "devices: 3",
            "/p/d/..data": "x", "/p/d/.acme.yaml.swp": "x", "/p/d/README.md": "x", "/p/d/bad name.yaml": "devices: 1",
            "/p/d/broken.yaml": "devices: [", "/p/d/void.yaml": "\n", "/p/d/wrong.yaml": "devises: 1",
        ]
        let planned = try planned("{ folder: d, \(Self.usual) }", files: files)
        #expect(planned.plans.map(\.source.name) == ["acme", "Best"])
        #expect(planned.plans.map(\.source.sandbox.devices) == [3, 4])
        #expect(
            planned.failedReports(startedAt: now).map(\.source) == [
                "bad name.yaml", "broken.yaml", "void.yaml", "wrong",
            ]
        )
        #expect(bad(planned).contains { $0.hasPrefix("/p/d/wrong.yaml:1 no setting 'devises'") }, "\(bad(planned))")
    }

    @Test func aListCanHaveDefaults() throws {
        let plans = try planned("{ list: [{ name: acme }, { name: best, devices: 4 }], \(Self.usual) }").plans
        #expect(plans.map(\.source.sandbox.devices) == [500, 4])
        #expect(plans.map(\.source.maxTime?.seconds) == [7200, 7200])
        // The names of a list are those of earlier versions.
        #expect(try planned("[{ name: acme.com, platform: sandbox }]").plans.map(\.source.name) == ["acme.com"])
    }

    @Test func aCommandGetsTheNameAndRunsForChosenSourcesOnly() throws {
        let vault = Vault()
        let sources = """
            { file: t.csv, defaults: { platform: business, client_id: B, key_id: k,
              private_key: { command: [op, read, "op://keys/{name}/key"] } } }
            """
        let files = ["/p/t.csv": "name\nacme\nbest\n"]
        let choice = SourceChoice(names: ["best"])
        let plans = try planned(sources, files: files, choice: choice, asked: vault).plans
        #expect(plans.map(\.source.privateKey.text.reveal) == ["op://keys/best/key"])
        #expect(vault.asked == [["op", "read", "op://keys/best/key"]])
    }

    @Test func noCommandRunsIfOthersCanChangeTheTable() throws {
        let vault = Vault()
        let sources = "{ file: t.csv, defaults: { platform: sandbox, proxy: { command: [op, x] } } }"
        let planned = try planned(sources, files: ["/p/t.csv": "name\nacme\n"], mode: 0o664, asked: vault)
        #expect(planned.plans.isEmpty && vault.asked.isEmpty)
        #expect(
            bad(planned) == [
                "/p/t.csv:2 no command runs: /p/t.csv can be changed by others (mode 664); run: chmod go-w /p/t.csv"
            ]
        )
    }

    @Test func aKeyInATableThatOthersReadIsRefused() throws {
        let sources = "{ file: t.csv, defaults: { platform: business, client_id: B, key_id: k } }"
        let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"
        let files = ["/p/t.csv": "name,private_key\nacme,\"\(key)\"\nbest,x\n"]
        let readable = try planned(sources, files: files, mode: 0o640)
        #expect(
            bad(readable).first?.hasPrefix("/p/t.csv:2 the key is written in a file that can be read by others") == true
        )
        #expect(readable.plans.map(\.source.name) == ["best"])
        #expect(try planned(sources, files: files, mode: 0o600).plans.first?.source.privateKey.text.reveal == key)
    }

    @Test func overridesAreForEveryRowOrNameAnotherTable() throws {
        let files = ["/p/t.csv": "name,rate\nacme,\nbest,9\n", "/p/u.csv": "name\ncore\n"]
        let sources = "{ file: t.csv, \(Self.usual) }"
        #expect(try planned(sources, files: files, overrides: ["source.rate=5"]).plans.map(\.source.rate) == [5, 5])
        #expect(
            try planned(sources, files: files, overrides: ["sources.defaults.rate=5"]).plans.map(\.source.rate) == [
                5, 9,
            ]
        )
        let other = try planned(sources, files: files, overrides: ["sources.file=/p/u.csv"]).plans
        #expect(other.map(\.source.name) == ["core"])
    }

    @Test func aLoadCannotReplaceTheTable() throws {
        let planned = try table("name\nacme\n")
        #expect(planned.use(of: FilePlace.look("/p/t.csv")) == "a file that the pipeline reads")
    }

    @Test func aThousandRowsArePlannedInASecond() throws {
        let rows = (1...1000).map { "org-\($0),\($0)\n" }.joined()
        let clock = ContinuousClock()
        var count = 0
        let taken = try clock.measure {
            let plans = try planned(
                "{ file: t.csv, defaults: { platform: sandbox, proxy: \"${env:PROXY_{name}:-http://p:1}\" } }",
                files: ["/p/t.csv": "name,devices\n\(rows)"]
            ).plans
            count = plans.count
        }
        #expect(count == 1000)
        // A debug build on a busy machine.
        #expect(taken < .seconds(8), "\(taken)")
    }
}

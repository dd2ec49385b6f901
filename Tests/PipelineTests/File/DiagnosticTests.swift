import Pipeline
import Records
import Stages
import Testing

/// Every kind of wrong pipeline file, and where the message points.
@Suite struct DiagnosticTests {
    @Test func allProblemsAreReportedAtOnce() throws {
        let found = try problems(
            """
            name: nightly
            1️⃣sorce: {}
            source: { platform: 3️⃣bussiness, 4️⃣rte: 5, max_in_flight: 5️⃣x }
            extract: [devices, 6️⃣devicez, { devices: { max: 7️⃣no } }]
            transform:
              - 8️⃣kep: C0
            load:
              - desk: { 9️⃣nme: a, trouble: 0️⃣wrong }
            """
        )
        #expect(
            found == [
                "1️⃣ no setting 'sorce'; did you mean 'source'?",
                "3️⃣ expected business or school or sandbox; did you mean 'business'?",
                "4️⃣ no setting 'rte'; did you mean 'rate'?",
                "5️⃣ expected an integer",
                "6️⃣ no extract stage 'devicez'; did you mean 'devices'?",
                "4:31 'devices' is listed twice", "7️⃣ expected an integer",
                "8️⃣ no transform 'kep'; did you mean 'keep'?",
                "8:5 desk needs 'name': What the test calls it.",
                "9️⃣ no setting 'nme'; did you mean 'name'?",
                "0️⃣ expected none or opening or writing or committing or unfit or cancelled_writing",
            ]
        )
    }

    @Test func sectionsMustBeThere() throws {
        #expect(
            try problems("1️⃣name: x\n") == [
                "1️⃣ 'source' is missing: name an organization", "1️⃣ 'extract' is missing: name at least one stage",
                "1️⃣ 'load' is missing: name at least one destination",
            ]
        )
    }

    @Test(arguments: ["", "[]", "{}"]) func emptySectionsAreMissingOnes(_ nothing: String) throws {
        #expect(
            try problems(pipeline(extract: nothing, load: nothing)) == [
                "1:1 'extract' is missing: name at least one stage",
                "1:1 'load' is missing: name at least one destination",
            ]
        )
        #expect(try problems(pipeline(transform: nothing)).isEmpty)
    }

    @Test func withoutALoadThereMayBeNone() throws {
        let yaml = "source: { platform: sandbox }\nextract: devices\n"
        #expect(try plan(yaml, needsLoad: false).loads.isEmpty)
        #expect(throws: PlanError.self) { try plan(yaml) }
    }

    @Test(arguments: ["1️⃣[a, b]", "1️⃣text"]) func theFileIsPairs(_ marked: String) throws {
        #expect(try problems(marked) == ["1️⃣ the file: expected `name: value` pairs"])
    }

    @Test(arguments: [
        ("[1️⃣[devices]]", "expected one extract stage, as in `name` or `name: { … }`"),
        (
            "[{ devices: {}, 1️⃣coverage: {} }]",
            "'coverage' is part of the list item 'devices'; begin it with `- `, or, if it is a setting, write it below 'devices'"
        ),
        ("[1️⃣'']", "expected one extract stage, as in `name` or `name: { … }`"),
        ("[devices: 1️⃣x]", "devices: expected `name: value` pairs"),
        ("[devices, 1️⃣devices]", "'devices' is listed twice"),
        ("[devices: { 1️⃣mx: 1 }]", "no setting 'mx'; did you mean 'max'?"),
    ])
    func aStageIsANameOrANameAndSettings(_ extract: String, _ message: String) throws {
        #expect(try problems(pipeline(extract: extract)) == ["1️⃣ \(message)"])
    }

    @Test(arguments: [
        ("[refuse: { column: 1️⃣colr }]", "no column 'colr'; did you mean 'color'?"),
        ("[refuse: { column: 1️⃣server_id }]", "no column 'server_id'; the extract stage 'assignments' adds it"),
        ("[refuse: { column: 1️⃣coverage_state }]", "no column 'coverage_state'; the extract stage 'coverage' adds it"),
        ("[1️⃣keep]", "keep needs text: The first letters of the serial numbers to keep."),
        ("[keep: 1️⃣[a]]", "expected text"),
        ("[1️⃣refuse]", "refuse needs 'column': The column to refuse."),
    ])
    func columnsAreBoundWhilePlanning(_ transform: String, _ message: String) throws {
        #expect(try problems(pipeline(transform: transform)) == ["1️⃣ \(message)"])
    }

    @Test func whatABrokenStageLeavesUnknownIsNotGuessed() throws {
        let found = try problems(
            pipeline(
                transform: "[add: { clumns: [x] }, refuse: { column: x }]",
                load: "[desk: { name: a, columns: [x] }]"
            )
        )
        #expect(
            found.map { $0.drop { $0 != " " } } == [
                " add needs 'columns': Their names.", " no setting 'clumns'; did you mean 'columns'?",
            ]
        )
    }

    @Test(arguments: [
        ("name: a, columns: [color, 1️⃣colr]", "no column 'colr'; did you mean 'color'?"),
        (
            "name: a, from: 1️⃣device",
            """
            expected devices or coverage or servers or changes or rejects or runs or assignments_log; did you mean \
            'devices'?
            """
        ),
        ("name: a, order: 1️⃣serail", "expected first_seen or serial; did you mean 'serial'?"),
        ("name: a, from: changes, columns: [1️⃣server_id]", nil),
        ("name: a, transform: [refuse: { column: 1️⃣x }]", nil),
        ("name: a, 1️⃣colums: [color]", "no setting 'colums'; did you mean 'columns'?"),
    ])
    func aLoadIsCheckedWhole(_ settings: String, _ message: String?) throws {
        let found = try problems(pipeline(load: "[desk: { \(settings) }]"))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("1️⃣ \(message ?? "no column ")") == true, "\(found)")
        #expect(found.first?.contains("extract stage") == false)
    }

    @Test func oneNameForTwoColumnsIsRefused() throws {
        let found = try problems(pipeline(load: "[1️⃣desk: { name: a, columns: [color, status, color] }]"))
        #expect(found == ["1️⃣ the column 'color' would be written twice"])
        #expect(
            try problems(pipeline(transform: "[add: { columns: [color] }]", load: "[1️⃣desk: { name: a }]")).count == 1
        )
    }

    @Test func aDestinationMayRefuseColumns() throws {
        #expect(try problems(pipeline(load: "[1️⃣desk: { name: no status }]")) == ["1️⃣ this desk takes no status"])
        #expect(try problems(pipeline(load: "[desk: { name: no status, columns: [color] }]")).isEmpty)
    }

    @Test func placesFollowUmlauts() throws {
        let found = try problems(pipeline(load: "[desk: { name: \"Zürich 東京\", 1️⃣nme: x }]"))
        #expect(found == ["1️⃣ no setting 'nme'; did you mean 'name'?"])
    }

    @Test func aProblemReadsLikeACompilersMessage() {
        let place = Stages.SourceLocation(file: "a.yaml", line: 3, column: 7)
        #expect(Diagnostic("no such thing", at: place).description == "a.yaml:3:7: error: no such thing")
        #expect(Diagnostic("odd", at: place, severity: .warning).description == "a.yaml:3:7: warning: odd")
        let both = PlanError([Diagnostic("a", at: place), Diagnostic("b", at: place, code: .usage)])
        #expect(both.description == "a.yaml:3:7: error: a\na.yaml:3:7: error: b")
        #expect(both.code == .pipelineInvalid)
        #expect(PlanError([Diagnostic("b", at: place, code: .usage)]).code == .usage)
    }
}

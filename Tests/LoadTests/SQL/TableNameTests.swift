import Records
import Stages
import Testing

@testable import Load

/// How a pipeline file names a table, and which names there are.
@Suite struct TableNameTests {
    private static func name(_ text: String) throws -> TableName {
        let node = try ConfigNode.parse(
            "'\(text.replacing("'", with: "''"))'",
            file: "test.axport.yaml",
            environment: .only([:])
        )
        return try TableName(from: node)
    }

    @Test(arguments: [
        ("devices", #""devices""#), ("assets.devices", #""assets"."devices""#), ("Group", #""Group""#),
        (#"asset-db."devices""#, #""asset-db"."devices""#), (#""assets"."my.devices""#, #""assets"."my.devices""#),
        (#""a""b".c"#, #""a""b"."c""#), ("my devices", #""my devices""#), (#"" x ""#, #"" x ""#),
    ])
    func quotesAreTakenOff(text: String, quoted: String) throws {
        let name = try Self.name(text)
        #expect(name.quoted == quoted)
        #expect(try Self.name(name.description).quoted == quoted)
    }

    @Test func plainNamesAreShownAsTheyAre() throws {
        for name in ["devices", "asset-db.Devices", "my devices"] { #expect(try Self.name(name).description == name) }
        #expect(try Self.name(#""a.b""#).description == #""a.b""#)
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a.b.c", #""a"#, #"a"b""#, #""a"b"#, #""""#, #"a."""#, "a. b", " .b", #"""a"#,
    ])
    func whatCannotBeReadIsAProblemOfThePlan(text: String) {
        #expect(throws: Diagnostic.self) { try Self.name(text) }
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aQuotedNameIsTheTablesOwn(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.query(#"CREATE TABLE "my.devices" (id text PRIMARY KEY, note text)"#)
        let load = try database.loader(#"table: '"my.devices"'"#)
        #expect(try await load.load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1))
        #expect(try await database.query(#"SELECT * FROM "my.devices""#) == [["1", "one"]])
    }

    @Test func aQuotedSchemaIsTheOneThatIsThere() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(
            #"CREATE SCHEMA "asset-db"; CREATE TABLE "asset-db".devices (id text PRIMARY KEY, note text)"#
        )
        try await database.loader(#"table: 'asset-db."devices"'"#).load(.pairs, Batch([["1", "one"]]))
        #expect(try await database.query(#"SELECT * FROM "asset-db".devices"#) == [["1", "one"]])
    }
}

/// Names that a database cannot take are problems of the plan, not of the run.
@Suite struct TableNameCheckTests {
    private static let stages = [
        "sqlite: { file: a.sqlite", "postgres: { url: 'postgresql:///x'",
    ]

    private static func columns(_ names: String...) -> Schema {
        Schema("x", "", key: [], names.map { Field($0, .text, "") })
    }

    @Test(arguments: stages) func namesThatNoTableTakes(stage: String) throws {
        #expect(try problems("\(stage) }", in: Self.columns("a", "")).count == 1)
        #expect(try problems("\(stage) }", in: Self.columns("a\0b")).count == 1)
        for flag in ["axport removed", "axport existing", "axport marked"] {
            #expect(try problems("\(stage) }", in: Self.columns(flag)).count == 1)
        }
        #expect(try problems("\(stage) }", in: Self.columns("Name", "oid", "rowid", "order", "a.b", "é")).isEmpty)
        #expect(try problems("\(stage), history: true, key: [a] }", in: Self.columns("a", "valid_to")).count == 1)
    }

    @Test func whatSQLiteTakesForOne() throws {
        let stage = Self.stages[0]
        #expect(
            try problems("\(stage) }", in: Self.columns("Name", "b", "name"))
                == ["1:1 to SQLite 'Name' and 'name' are the same name; rename one of them"]
        )
        #expect(try problems("\(stage), mode: append }", in: Self.columns("Run_ID")).count == 1)
        #expect(try problems("\(stage), history: true, key: [a] }", in: Self.columns("a", "Valid_To")).count == 1)
        #expect(try problems("\(stage) }", in: Self.columns("AXPORT removed")).count == 1)
        #expect(try problems("\(stage), table: SQLite_x }").count == 1)
        #expect(try problems("\(stage), table: assets.devices }").count == 1)
    }

    @Test func whatPostgreSQLHasItself() throws {
        let stage = Self.stages[1]
        #expect(try problems("\(stage) }", in: Self.columns("Name", "name")).isEmpty)
        #expect(
            try problems("\(stage) }", in: Self.columns("xmin"))
                == ["1:1 every table of PostgreSQL already has a column 'xmin'; rename this one"]
        )
        for name in ["tableoid", "cmin", "xmax", "cmax", "ctid"] {
            #expect(try problems("\(stage) }", in: Self.columns(name)).count == 1)
        }
        let temporary = ["axport_staging", "axport_differing", "axport_permitted"]
        for table in ["pg_temp.x", "pg_catalog.x", "information_schema.x"] + temporary {
            #expect(try problems("\(stage), table: \(table) }").count == 1)
        }
        #expect(try problems("\(stage), table: assets.axport_staging }").isEmpty)
    }

    @Test func aNameThatPostgreSQLWouldCut() throws {
        let (fits, long) = (String(repeating: "é", count: 31), String(repeating: "é", count: 32))
        let stage = Self.stages[1]
        #expect(try problems("\(stage) }", in: Self.columns(fits)).isEmpty)
        #expect(
            try problems("\(stage) }", in: Self.columns(long))
                == ["1:1 '\(long)' is longer than the 63 bytes of a PostgreSQL name"]
        )
        #expect(try problems("\(stage), table: \(long).\(long) }").count == 2)
        #expect(try problems("\(stage), table: \(fits), history: true }").count == 1)
        #expect(try problems("\(Self.stages[0]), table: \(long) }").isEmpty)
    }

    /// The same names, against the databases themselves.
    @Test(arguments: TestDatabase.Kind.allCases) func whatPassesTheCheckCanBeLoaded(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let odd = [
            "oid", "rowid", "_rowid_", "order", "a.b", "a \"b\"", "é", "É", "user", " x ", "\u{1F34E}", "$1", "?",
        ]
        let schema = Schema("odd", "", key: ["oid"], odd.map { Field($0, .text, "") })
        let rows = Batch([odd.map { .text($0) }])
        let load = try database.loader("history: true, table: '\"odd \"\" one\"'")
        #expect(try await load.load(schema, rows, in: night(1)) == LoadCounts(written: 1))
        #expect(try await load.load(schema, rows, in: night(2)) == LoadCounts(unchanged: 1))
    }

    @Test func namesThatSQLiteTakesForThoseOfATableAreThere() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.query("CREATE TABLE Pairs (ID text PRIMARY KEY, NOTE text)")
        #expect(try await database.loader().load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1))
        #expect(try await database.loader().load(.pairs, Batch([["1", "one"]])) == LoadCounts(unchanged: 1))
    }

    @Test func oneTableOfAFileUnderTwoSpellingsIsReplacedOnce() throws {
        let claims = try ["pairs", "Pairs"].map {
            try loader("sqlite: { file: a.sqlite, table: \($0), mode: replace }").claim(.pairs)?
                .place
        }
        #expect(claims[0] == claims[1] && claims[0] != nil)
    }
}

import Records
import Stages
import Testing

/// Rules of a file's table: which row they refuse, why, and what helps.
@Suite struct SQLiteRuleTests {
    static let rules = [
        DatabaseRuleTests.Rule(
            name: "unique",
            layout: "CREATE TABLE things (serial_number TEXT PRIMARY KEY, note TEXT, size INTEGER UNIQUE)",
            says: "another row has the same size (unique constraint); it has size 1",
            size: 1
        ),
        DatabaseRuleTests.Rule(
            name: "check",
            layout:
                "CREATE TABLE things (serial_number TEXT PRIMARY KEY, note TEXT CHECK (note <> 'bad'), size INTEGER)",
            says: "it does not meet the check constraint note <> 'bad'"
        ),
        DatabaseRuleTests.Rule(
            name: "foreign key",
            layout: """
                CREATE TABLE notes (note TEXT PRIMARY KEY); INSERT INTO notes VALUES ('fine');
                CREATE TABLE things (serial_number TEXT PRIMARY KEY, note TEXT REFERENCES notes, size INTEGER)
                """,
            says: "a foreign key of the table, or of one that refers to it, has no match"
        ),
        DatabaseRuleTests.Rule(
            name: "strict",
            layout:
                "CREATE TABLE things (serial_number TEXT PRIMARY KEY, note TEXT, size INTEGER, n INTEGER DEFAULT 'x') STRICT",
            says: #"the database says "cannot store TEXT value in INTEGER column things.n""#
        ),
    ]

    @Test(arguments: rules) func aFileNamesTheRowToo(rule: DatabaseRuleTests.Rule) async throws {
        let database = try await TestDatabase(.sqlite)
        for statement in rule.layout.split(separator: ";") { try await database.query(String(statement)) }
        let refusal = try await failure {
            try await database.loader().load(DatabaseRuleTests.things, DatabaseRuleTests.rows(rule))
        }
        let serial = rule.name == "strict" ? "SN1" : "SN5"
        #expect(
            refusal.message
                == "table things does not accept the row of serial_number \(serial): \(rule.says); nothing was changed"
        )
        #expect(refusal.advice?.isEmpty == false)
        #expect(try await database.query("SELECT count(*) FROM things") == [["0"]])
    }

    /// `ROLLBACK` ends the transaction under our hands; nothing may be written outside of it.
    @Test(arguments: ["ABORT", "FAIL", "ROLLBACK"]) func aTriggerOfAFileThatRaises(how: String) async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.query("CREATE TABLE things (serial_number TEXT PRIMARY KEY, note TEXT, size INTEGER)")
        try await database.query(
            """
            CREATE TRIGGER guard BEFORE INSERT ON things WHEN new.note = 'bad'
            BEGIN SELECT RAISE(\(how), 'never'); END
            """
        )
        let rule = DatabaseRuleTests.Rule(name: "", layout: "", says: "")
        let refusal = try await failure {
            try await database.loader().load(DatabaseRuleTests.things, DatabaseRuleTests.rows(rule))
        }
        #expect(refusal.code == .destinationFailed)
        #expect(refusal.message.contains("never"), "\(refusal)")
        if how != "ROLLBACK" { #expect(refusal.message.contains("the row of serial_number SN5")) }
        #expect(try await database.query("SELECT count(*) FROM things") == [["0"]])
    }
}

import Records
import Testing

/// An expression comes from a file; it can look at the columns of one row and at nothing else.
@Suite struct LockDownTests {
    @Test(arguments: [
        "(SELECT sql FROM sqlite_master) IS NULL", "(SELECT file FROM pragma_database_list) IS NULL", "(SELECT 1)",
        "EXISTS (SELECT 1)", "status IN (SELECT 'A')", "status IN (VALUES ('A'))", "(VALUES (1))", "status IN batch",
        "status IN sqlite_master", "status IN (SELECT status FROM batch)", "1 IN (SELECT rowid FROM batch)",
        "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c)",
        "1 UNION SELECT 1", "1) UNION SELECT (1", "1 FROM batch", "1) FROM batch WHERE (1", "1 ORDER BY 1", "1 LIMIT 1",
        "status) , (2", "1) /*", "1) --", "1) ; DROP TABLE batch; --", "1; ATTACH 'x' AS y",
        "); DELETE FROM batch; SELECT (1",
        "PRAGMA table_info(batch)", "rowid = 1", "_rowid_ = 1", "oid IS NULL", "sqlite_master.sql IS NULL",
        "main.sqlite_master.sql",
        "load_extension('x')", "writefile('/tmp/x', 'y')", "readfile('/etc/passwd')", "zeroblob(900000000)",
        "randomblob(9)",
        "sqlite_version() = '3'", "sqlite_compileoption_used('x')", "last_insert_rowid()", "changes()",
        "total_changes()",
        "fts3_tokenizer('x')", "RAISE(ABORT, 'x')", "row_number() OVER () = 1", "sum(1) OVER ()", "total(1) = 1",
        "?1 = 1", "? = 1", ":name = 1", "@name = 1", "$name = 1", "status MATCH 'x'", "quote(status)",
        "json_each('[1]')", "generate_series(1, 2)", "edit(status)", "likelihood(1, 0.5)", "unhex('00')",
        "iif(1, 2, (SELECT 3))", "status IN list1", "status NOT IN list1",
        "json_group_array(status)", "count(*) FILTER (WHERE 1)",
    ])
    func attackIsRefused(_ expression: String) throws {
        #expect(throws: (any Error).self, "\(expression)") {
            try bind("where: \"\(expression)\"", to: Table.devices().schema)
        }
        #expect(throws: (any Error).self, "\(expression)") {
            try bind("compute: { x: \"\(expression)\" }", to: Table.devices().schema)
        }
    }

    @Test func queriesAreNamedForWhatTheyAre() {
        expectProblems("where: status IN (1️⃣SELECT 'A')", "1️⃣ a query inside an expression is not allowed")
        expectProblems("where: status 1️⃣IN batch", "1️⃣ a query inside an expression is not allowed")
        expectProblems("where: status IN (1️⃣SELECT id FROM others)", "1️⃣ a query inside an expression is not allowed")
        expectProblems("where: (1️⃣SELECT 1)", "1️⃣ a query inside an expression is not allowed")
        expectProblems("where: 1️⃣rowid = 1", "1️⃣ no column 'rowid'")
        expectProblems("where: color = 1️⃣:name", "1️⃣ parameters such as ?1 and :name have no meaning here")
        expectProblems("where: color = 1️⃣?1", "1️⃣ parameters such as ?1 and :name have no meaning here")
    }

    @Test func longResultsAreCutOff() throws {
        let table = Table.devices(["serial_number": "S1", "color": "x"])
        #expect(try table.applying("compute: { x: \"printf('%900000000s', 'a')\" }")["x"] == .null)
        let doubled = (0..<25).reduce("color") { text, _ in "replace(\(text), 'x', 'xx')" }
        #expect {
            try table.applying("compute: { x: \"\(doubled)\" }")
        } throws: { error in
            (error as? Failure)?.message
                == "compute: device S1: the expression reads or creates a text of more than 1000000 bytes"
        }
    }

    @Test func longExpressionsAreRefused() {
        let call = "color = 'x' OR "
        let calls = String(repeating: call, count: 666)
        expectProblems(
            "where: \"\(calls)color = 1️⃣1\"",
            "1️⃣ the expression has more than 2000 words and signs, not counting its texts; a list of texts after IN"
        )
    }
}

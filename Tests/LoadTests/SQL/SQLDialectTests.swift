import Load
import Records
import Testing

@Suite struct SQLDialectTests {
    @Test func postgresWritesCommentsAsStatements() {
        #expect(
            SQLDialect.postgres.script([.pairs]) == """
                CREATE TABLE "pairs" (
                    "id" text NOT NULL,
                    "note" text,
                    PRIMARY KEY ("id")
                );
                COMMENT ON TABLE "pairs" IS 'What tests write.';
                COMMENT ON COLUMN "pairs"."id" IS 'Key.';
                COMMENT ON COLUMN "pairs"."note" IS 'Any text.';

                """
        )
    }

    @Test func sqliteWritesCommentsBesideTheColumns() {
        let schema = Schema(
            "notes",
            "Notes.",
            key: [],
            [Field("note", .text, "Any text."), Field("n", .integer, "A number.")]
        )
        #expect(
            SQLDialect.sqlite.script([schema, schema]) == """
                -- Notes.
                CREATE TABLE "notes" (
                    "note" TEXT, -- Any text.
                    "n" INTEGER -- A number.
                );

                -- Notes.
                CREATE TABLE "notes" (
                    "note" TEXT, -- Any text.
                    "n" INTEGER -- A number.
                );

                """
        )
    }

    @Test func scriptsLeaveHiddenColumnsOut() {
        let schema = Schema("a", "", key: [], [Field("shown", .text, ""), Field("hidden", .json, as: .hidden, "")])
        #expect(!SQLDialect.sqlite.script([schema]).contains("hidden"))
        #expect(SQLDialect.sqlite.createTable(schema).joined().contains("hidden"))
    }

    @Test(arguments: [SQLDialect.sqlite, SQLDialect.postgres]) func everyDatasetHasATable(dialect: SQLDialect) {
        let script = dialect.script(Dataset.allCases.map(\.schema))
        for schema in Dataset.allCases.map(\.schema) { #expect(script.contains("CREATE TABLE \"\(schema.name)\" (")) }
    }
}

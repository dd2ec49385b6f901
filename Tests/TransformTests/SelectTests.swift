import Records
import Testing

@Suite struct SelectTests {
    private let table = Table.devices(
        [
            "serial_number": "S1", "device_model": #"iMac 21.5""#, "added_to_org_at": .timestamp("2025-04-30"),
            "status": "A",
        ],
        ["serial_number": "S2"]
    )

    @Test func mapReplacesTheRow() throws {
        let result = try table.applying(
            #"select: { Serial: serial_number, Policy: "''", Model: device_model, Tag: "status || '-' || serial_number" }"#
        )
        #expect(result.schema.fields.map(\.name) == ["Serial", "Policy", "Model", "Tag"])
        #expect(result.column("Serial") == ["S1", "S2"])
        #expect(result.column("Policy") == ["", ""])
        #expect(result.column("Model") == [#"iMac 21.5""#, nil])
        #expect(result.column("Tag") == ["A-S1", nil])
        #expect(result.schema.key == ["Serial"])
        #expect(result.schema.fields.first?.role == .identifier)
    }

    @Test func listPicksAndOrders() throws {
        let result = try table.applying("select: [status, added_to_org_at, coverage_records]")
        #expect(result.schema.fields.map(\.name) == ["status", "added_to_org_at", "coverage_records"])
        #expect(result["added_to_org_at"] == .timestamp("2025-04-30T00:00:00.000Z"))
        #expect(result.schema.fields.map(\.role) == [.plain, .plain, .plain])
        #expect(result.schema.key.isEmpty)
        #expect(result.batch.columns.count == 3)
    }

    @Test func columnsWithAwkwardNamesCanBeUsedLater() throws {
        let result = try table.applying(
            #"select: { "Serial ""No""": serial_number, "order": status }"#
                .replacing(#"""No"""#, with: #"\"No\""#)
        )
        #expect(result.schema.fields.map(\.name) == [#"Serial "No""#, "order"])
        #expect(try result.applying(#"where: '"Serial ""No""" = ''S2'' OR "order" = ''A'''"#).batch.count == 2)
        #expect(try result.applying("select: { x: order }").column("x") == ["A", nil])
    }

    @Test func namesThatDifferInCaseOnlyAreRefusedByTheNextExpression() throws {
        let result = try table.applying("select: { a: status, A: serial_number }")
        expectProblems("1️⃣where: a = 'x'", in: result.schema, "1️⃣ the columns 'a' and 'A' differ only in case")
        #expect(try result.applying("select: [A]").column("A") == ["S1", "S2"])
    }

    @Test func problemsAreNamed() {
        expectProblems("select: [1️⃣serial, status, 2️⃣stat]", "1️⃣ no column 'serial'", "2️⃣ no column 'stat'")
        expectProblems("select: [status, 1️⃣status]", "1️⃣ a column 'status' already exists")
        expectProblems("select: { a: 1️⃣serial }", "1️⃣ no column 'serial'; did you mean 'serial_number'?")
        expectProblems("select: 1️⃣[]", "1️⃣ expected a column")
    }
}

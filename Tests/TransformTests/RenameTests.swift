import Records
import Testing

@Suite struct RenameTests {
    private let table = Table.devices(["serial_number": "S1", "status": "A", "color": "RED"])

    @Test func columnsGetOtherNames() throws {
        let result = try table.applying("rename: { serial_number: Serial, status: color, color: status }")
        #expect(result["Serial"] == "S1")
        #expect(result["color"] == "A")
        #expect(result["status"] == "RED")
        #expect(result.schema.key == ["Serial"])
        #expect(result.schema.fields.count == table.schema.fields.count)
        #expect(result.schema.fields.first?.role == .identifier)
    }

    @Test func problemsAreNamed() {
        expectProblems(
            "rename: { 1️⃣serial: Serial, status: 2️⃣color }",
            "1️⃣ no column 'serial'",
            "2️⃣ a column 'color' already exists"
        )
        expectProblems(
            "rename: { 1️⃣server_id: server }",
            in: .devices,
            "1️⃣ no column 'server_id'; the extract stage 'assignments' adds it"
        )
    }
}

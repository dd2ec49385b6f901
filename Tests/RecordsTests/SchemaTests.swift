import Records
import Testing

@Suite struct SchemaTests {
    @Test(arguments: Schema.datasets) func namesAreUniqueAndSnakeCase(_ schema: Schema) {
        let all = schema.fields + (schema.name == "devices" ? Schema.assignmentFields + Schema.coverageFields : [])
        #expect(Set(all.map(\.name)).count == all.count)
        for field in all {
            #expect(field.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(field.name)")
            #expect(field.meaning.hasSuffix("."), "\(field.name)")
        }
    }

    @Test(arguments: Schema.datasets) func noAttributeGoesToTwoColumns(_ schema: Schema) {
        let paths = schema.fields.filter { !$0.path.isEmpty }.flatMap { [$0.path] + $0.aliases }
        #expect(Set(paths).count == paths.count)
    }

    @Test(arguments: Schema.datasets) func theKeyIsAmongTheColumns(_ schema: Schema) {
        #expect((schema.keyIndexes?.count ?? 0) == schema.key.count)
    }

    @Test func columnsAreFoundByName() {
        #expect(Schema.devices.index(of: "serial_number") == 0)
        #expect(Schema.devices.index(of: "serialNumber") == nil)
    }

    @Test func aMissingKeyColumnLeavesNoKey() {
        var schema = Schema.coverage
        schema.fields.removeAll { $0.name == "coverage_id" }
        #expect(schema.keyIndexes == nil)
        #expect(Schema.rejects.keyIndexes == nil)
    }

    @Test func hiddenColumnsAreNotLoadedUnlessNamed() {
        let schema = Schema("s", "", key: [], Schema.coverageFields)
        #expect(
            schema.visible.map { schema.fields[$0].name } == [
                "coverage_state", "coverage_checked_at", "coverage_error",
            ]
        )
    }
}

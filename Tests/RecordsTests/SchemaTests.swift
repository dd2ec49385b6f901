import Records
import Testing

@Suite struct SchemaTests {
    @Test(arguments: Dataset.allCases) func aDatasetIsThatOfItsSchema(_ dataset: Dataset) {
        #expect(dataset.schema.dataset == dataset)
        #expect(dataset.schema.withSource.dataset == dataset)
        #expect(dataset.schema.name == dataset.rawValue)
        #expect((dataset.rowsEnd == .marked) == (dataset.schema.index(of: "removed_at") != nil))
    }

    @Test func everyStageAddsColumnsOfItsOwn() {
        let names = (Schema.devices.fields + Schema.additions.flatMap(\.fields)).map(\.name)
        #expect(Set(names).count == names.count)
        for (stage, fields) in Schema.additions {
            #expect(Schema.fields(addedBy: stage) == fields)
            for field in fields { #expect(Schema.stage(adding: field.name) == stage) }
        }
        #expect(Schema.fields(addedBy: "servers").isEmpty)
        #expect(Schema.stage(adding: "serial_number") == nil)
    }

    @Test(arguments: Dataset.allCases.map(\.schema)) func namesAreUniqueAndSnakeCase(_ schema: Schema) {
        let all = schema.fields + (schema.dataset == .devices ? Schema.assignmentFields + Schema.coverageFields : [])
        #expect(Set(all.map(\.name)).count == all.count)
        for field in all {
            #expect(field.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(field.name)")
            #expect(field.meaning.hasSuffix("."), "\(field.name)")
        }
    }

    @Test(arguments: Dataset.allCases.map(\.schema)) func noAttributeGoesToTwoColumns(_ schema: Schema) {
        let paths = schema.fields.filter { !$0.path.isEmpty }.flatMap { [$0.path] + $0.aliases }
        #expect(Set(paths).count == paths.count)
    }

    @Test(arguments: Dataset.allCases.map(\.schema)) func theKeyIsAmongTheColumns(_ schema: Schema) {
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

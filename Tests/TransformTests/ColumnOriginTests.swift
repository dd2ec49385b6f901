import Records
import Stages
import Testing
import Transform

/// Advice about a missing column names the transform that adds it.
@Suite struct ColumnOriginTests {
    @Test func everyTransformThatAddsColumnsIsKnown() throws {
        let input = Table.devices().schema
        let known = Dictionary(uniqueKeysWithValues: ColumnOrigin.transforms.map { ($0.key, $0.value) })
        for name in ["imei", "meid", "eid", "mac", "storage", "applecare", "part_number"] {
            let added = try bind(name, to: input).output.fields.map(\.name).filter { input.index(of: $0) == nil }
            #expect(added.sorted() == (known[name] ?? []).sorted(), "\(name)")
        }
    }

    @Test func aConditionIsToldWhatIsMissing() {
        expectProblems("where: 1️⃣days_left <= 90", "1️⃣ no column 'days_left'; the transform 'applecare' adds it")
        expectProblems("where: NOT 1️⃣has_applecare", "1️⃣ no column 'has_applecare'; the transform 'applecare' adds it")
        expectProblems("select: [1️⃣imei1]", "1️⃣ no column 'imei1'; the transform 'imei' adds it")
    }
}

import Records
import Stages
import Testing

@testable import Load

@Suite struct ChangesFileSettingsTests {
    @Test func whatCannotWorkIsSaidWhilePlanning() throws {
        func said(_ settings: String, _ schema: Schema = ChangesFileTests.addresses) throws -> [String] {
            try problems("csv: { \(settings) }", in: schema).map { String($0.drop { $0 != "c" }) }
        }
        #expect(try said("file: a.csv, changes_file: b.csv").isEmpty)
        #expect(
            try said("file: a.csv, changes_file: b.csv", .pairs)[0].contains(
                "this is no list for network access control"
            )
        )
        #expect(try said("file: a.csv, changes_file: ./a.csv")[0].contains("the load writes"))
        #expect(try said("file: a.csv, changes_file: a.csv.sha256")[0].contains("the load writes"))
        for pair in ["file: '-', changes_file: b.csv", "file: a.csv, changes_file: '-'"] {
            #expect(try said(pair)[0].contains("changes_file: standard output is not a file"))
        }
        var lost = ChangesFileTests.addresses
        lost.admitted = nil
        #expect(try said("file: a.csv, changes_file: b.csv", lost)[0].contains("the column `mac` is missing"))
        var taken = ChangesFileTests.addresses
        taken.fields[1].name = "change"
        #expect(try said("file: a.csv, changes_file: b.csv", taken)[0].contains("a column 'change' already"))
        #expect(
            try problems("xlsx: { file: a.xlsx, changes_file: b.xlsx }", in: ChangesFileTests.addresses)[0].contains(
                "workbook"
            )
        )
        let shared = try loader("csv: { file: '{source}.csv', changes_file: changes.csv }")
        #expect(shared.separation == .none)
    }
}

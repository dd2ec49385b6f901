import Records
import TestSupport
import Testing

/// Names that promise another format than the file has.
@Suite struct FileFormatTests {
    @Test(arguments: [
        ("csv", "d.csv.zip", "axport does not write .zip"), ("csv", "d.csv.bz2", "axport does not write .bz2"),
        ("csv", "d.csv.xz.gz", "axport does not write .xz"), ("csv", "d.CSV.ZIP", "axport does not write .zip"),
        ("csv", "d.csv.GZ", "axport does not write .GZ; write .gz in small letters"),
        ("csv", "d.xls", "axport does not write .xls; name the file such as devices.csv"),
        ("csv", "d.parquet", "axport does not write .parquet"),
        ("ndjson", "d.tar", "axport does not write .tar"), ("json", "d.json.7z", "axport does not write .7z"),
    ])
    func aForeignFormatIsRefused(load: String, name: String, problem: String) throws {
        let found = try problems("\(load): { file: out/\(name) }")
        #expect(found.count == 1 && found[0].hasPrefix("1:1 \(name): \(problem)"), "\(found)")
    }

    @Test(arguments: [
        ("csv", "d.json", "json"), ("csv", "d.ndjson", "ndjson"), ("csv", "d.xlsx", "xlsx"),
        ("csv", "d.{date}.sqlite", "sqlite"), ("csv", "d.db", "sqlite"), ("ndjson", "d.csv.gz", "csv"),
        ("json", "d.jsonl", "ndjson"),
    ])
    func theFormatOfAnotherLoadIsRefused(load: String, name: String, other: String) throws {
        let advice = "use the load '\(other)', or name the file such as devices.\(load)"
        #expect(
            try problems("\(load): { file: 'out/\(name)' }") == [
                "1:1 \(name) is a name for \(other), but this load writes \(load); \(advice)"
            ]
        )
    }

    @Test func aFileOfChangesHasTheFormatOfItsList() throws {
        let found = try problems("csv: { file: a.csv, changes_file: b.json }", in: ChangesFileTests.addresses)
        #expect(found.count == 1 && found[0].contains("b.json is a name for json"), "\(found)")
    }

    @Test(arguments: [
        ("csv", "d"), ("csv", "d.txt"), ("csv", "d.tsv"), ("csv", "d.CSV"), ("csv", "d.csv.gz"), ("csv", "x.zip/d.csv"),
        ("csv", "d.json.csv"), ("csv", "zip"), ("csv", "-"), ("ndjson", "d.json"), ("ndjson", "d.jsonl.zst"),
        ("json", "d.yaml"), ("json", "d.conf"),
    ])
    func allOtherNamesAreFine(load: String, name: String) throws {
        #expect(try problems("\(load): { file: '\(name)' }").isEmpty)
    }
}

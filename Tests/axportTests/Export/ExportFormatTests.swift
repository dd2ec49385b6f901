import Foundation
import Sandbox
import TestSupport
import Testing

/// A pipeline that plans without variables.
let ownSandbox = """
    source: { platform: sandbox, devices: 5 }
    extract: [devices]
    load: [ndjson: { file: "-" }]
    """

/// What `axport export` writes.
@Suite struct ExportFormatTests {
    @Test func theNameSaysTheFormat() async throws {
        try await withSandbox(.with(devices: 50)) { command, _ in
            #expect(try await command("export", "--columns", "serial_number").status == 0)
            for name in ["d.csv", "d.ndjson", "d.json", "d.xlsx", "d.sqlite", "d.csv.gz"] {
                let run = try await command("export", "--offline", "-o", name)
                #expect(run.status == 0 && command.exists(name), "\(run.errors)")
            }
            let script = """
                import csv, gzip, json, sqlite3, zipfile
                n = len(list(csv.reader(open('d.csv')))) - 1
                assert n == len(list(csv.reader(gzip.open('d.csv.gz', 'rt')))) - 1
                assert n == len([json.loads(line) for line in open('d.ndjson')]) == len(json.load(open('d.json')))
                assert n == sqlite3.connect('d.sqlite').execute('SELECT count(*) FROM devices').fetchone()[0]
                assert n == zipfile.ZipFile('d.xlsx').read('xl/worksheets/sheet1.xml').count(b'<row ') - 1
                """
            let read = try Program.run("/usr/bin/env", ["-C", command.folder, "python3", "-c", script])
            #expect(read.status == 0, "\(read.errors)")
        }
    }

    @Test func aTableHoldsOnlyTheRowsOfTheLatestExport() async throws {
        try await withSandbox(.with(devices: 50)) { command, _ in
            #expect(try await command("export", "-o", "d.sqlite").status == 0)
            let few = try await command(
                "export",
                "--offline",
                "--where",
                "product_family = 'iPad'",
                "--columns",
                "serial_number,color",
                "-o",
                "d.sqlite"
            )
            #expect(few.status == 0, "\(few.errors)")
            let read = try Program.run(
                "/usr/bin/env",
                [
                    "sqlite3", "\(command.folder)/d.sqlite",
                    "SELECT count(*) || ' row' || iif(count(*) = 1, '', 's') FROM devices",
                ]
            )
            #expect(
                few.errors.contains("\(read.output.trimmingCharacters(in: .newlines)) in "),
                "\(few.errors) \(read.output)"
            )
        }
    }

    @Test(arguments: [
        (
            ["-o", "d.xlsx", "--format", "csv"],
            "-o d.xlsx is a name for xlsx, but --format is csv\nhint: leave --format out"
        ),
        (["-o", "d.json", "--format", "ndjson"], "name the file such as devices.ndjson"),
        (["-o", "d.ods"], "-o d.ods: axport does not write .ods"),
        (
            ["-o", "d.csv.zip"],
            "axport does not write .zip\nhint: name the file such as devices.csv, or devices.csv.gz or devices.csv.zst to"
        ),
        (["-o", "d.ndjson.bz2", "--format", "ndjson"], "-o d.ndjson.bz2: axport does not write .bz2"),
        (["-o", "d.csv.GZ"], "-o d.csv.GZ: axport does not write .GZ\nhint: write .gz in small letters\n"),
        (["-o", "d.xlsx.gz"], "-o d.xlsx.gz: xlsx is not compressed with .gz"),
        (["--format", "sqlite"], "--format sqlite needs a file\nhint: name one with `-o devices.sqlite`"),
        (["--format", "json", "--profile", "excel"], "--profile is for csv, and this export writes json"),
        (["-o", "d.xlsx", "--delimiter", ";"], "--delimiter is for csv, and this export writes xlsx"),
        (
            ["--dataset", "servers", "--removed", "only"],
            "--removed: the dataset servers has no rows of devices that left"
        ),
        (["--dataset", "servers", "--serials", "l.csv"], "--serials: the dataset servers has no serial numbers"),
    ])
    func contradictionsAreRefused(options: [String], problem: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(ownSandbox, to: "p.axport.yaml")
            let run = try await command(["export", "--from", "p.axport.yaml", "--offline"] + options)
            #expect(run.status == 64 && run.errors.contains(problem), "\(run.errors)")
        }
    }

    @Test(arguments: ["", ","]) func noColumnsAreNoExport(columns: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(ownSandbox, to: "p.axport.yaml")
            let run = try await command("export", "--from", "p.axport.yaml", "--columns", columns)
            #expect(run.status == 78 && run.output.isEmpty, "\(run.errors)")
            #expect(
                run.errors.contains("--columns:1:1: error: columns is empty\nhint: leave it out to write all columns"),
                "\(run.errors)"
            )
        }
    }

    @Test func aCSVForExcelHasItsDelimiter() async throws {
        try await withSandbox(.with(devices: 5)) { command, _ in
            let run = try await command(
                "export",
                "--profile",
                "excel",
                "--delimiter",
                ";",
                "--columns",
                "serial_number,added_to_org_at"
            )
            #expect(run.output.hasPrefix("\u{FEFF}serial_number;added_to_org_at\r\n\"=\"\""), "\(run.errors)")
            #expect(run.output.contains(/;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\r\n/), "\(run.output)")
            let wrong = try await command("export", "--profile", "exel")
            #expect(wrong.status == 78 && wrong.errors.contains("--profile:1:1: error:"), "\(wrong.errors)")
        }
    }

    @Test func aColumnOfCoverageNamesItsOption() async throws {
        try await withSandbox(.with(devices: 5)) { command, _ in
            let run = try await command("export", "--columns", "coverage_state")
            #expect(run.errors.contains("hint: --coverage adds it"), "\(run.errors)")
            #expect(try await command("export", "--columns", "coverage_state", "--coverage").status == 0)
        }
    }
}

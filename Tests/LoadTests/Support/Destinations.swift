import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Somewhere to load to, and a way to see what a reader would see there.
struct Destination: Sendable {
    let yaml: String
    /// Rows in order of their first column; nil if there is nothing to read at all.
    let read: @Sendable () throws -> [[String?]]?
    /// What would differ if anything had been written.
    let fingerprint: @Sendable () throws -> String
    /// The same without what a change that was taken back leaves behind, where it leaves anything.
    var written: (@Sendable () throws -> String)?
    /// Whether a reader can tell a null from an empty text.
    var tellsNulls = true
    /// Whether rows are told apart by their key.
    var hasKeys = true
    let folder: TestFolder

    var loader: any Loader { get throws { try LoadTests.loader(yaml) } }

    static let names = ["csv", "ndjson", "json", "xlsx", "sqlite", "postgres"]

    static func named(_ name: String, table: String = "pairs") async throws -> Destination {
        switch name {
        case "csv": try file("csv", python: csvReader, tellsNulls: false)
        case "ndjson": try file("ndjson", python: ndjsonReader, tellsNulls: true)
        case "json": try file("json", python: jsonReader, tellsNulls: true)
        case "xlsx": try file("xlsx", python: workbookReader, tellsNulls: false)
        case "sqlite": try sqlite(table)
        case "postgres": try await postgres(table)
        default: throw Failure(.usage, "the contract does not know how to read \(name)")
        }
    }

    private static let csvReader = "rows = list(csv.reader(open(path, newline='', encoding='utf-8')))[1:]"
    private static let ndjsonReader = "rows = [list(json.loads(l).values()) for l in open(path, newline='\\n')]"
    private static let jsonReader = "rows = [list(r.values()) for r in json.load(open(path, encoding='utf-8'))]"
    /// The texts of the two columns that tests write, as Excel reads them.
    private static let workbookReader = #"""
        import re, xml.etree.ElementTree as xml, zipfile
        name = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
        sheet = xml.fromstring(zipfile.ZipFile(path).read('xl/worksheets/sheet1.xml'))
        def text(cell):
            return re.sub('_x([0-9A-F]{4})_', lambda code: chr(int(code[1], 16)), ''.join(cell.itertext()))
        rows = []
        for row in list(sheet.iter(f'{name}row'))[1:]:
            cells = {cell.get('r').rstrip('0123456789'): text(cell) for cell in row}
            rows.append([cells.get('A', ''), cells.get('B', '')])
        """#
    private static let sqliteReader =
        "rows = sqlite3.connect(path).execute('SELECT * FROM \"' + table + '\"').fetchall()"

    private static func python(_ reader: String, _ path: String, _ table: String = "") throws -> [[String?]] {
        let script = """
            import csv, json, sqlite3, sys
            path, table = sys.argv[1:]
            \(reader)
            rows = sorted(([None if v is None else str(v) for v in r] for r in rows), key=lambda r: r[0] or '')
            print(json.dumps(rows))
            """
        let run = try Program.run("/usr/bin/env", ["python3", "-c", script, path, table])
        try #require(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode([[String?]].self, from: Data(run.output.utf8))
    }

    private static func file(_ name: String, python reader: String, tellsNulls: Bool) throws -> Destination {
        let folder = try TestFolder()
        let path = folder.file("rows.\(name)")
        return Destination(
            yaml: "\(name): { file: \(path) }",
            read: { FileManager.default.fileExists(atPath: path) ? try python(reader, path) : nil },
            fingerprint: {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                return "\(attributes[.systemFileNumber] ?? "") \(attributes[.modificationDate] ?? "")"
            },
            tellsNulls: tellsNulls,
            hasKeys: false,
            folder: folder
        )
    }

    private static func sqlite(_ table: String) throws -> Destination {
        let folder = try TestFolder()
        let path = folder.file("rows.sqlite")
        return Destination(
            yaml: "sqlite: { file: \(path) }",
            read: { FileManager.default.fileExists(atPath: path) ? try python(sqliteReader, path, table) : nil },
            fingerprint: {
                // Counts transactions that wrote anything.
                String(decoding: try Data(contentsOf: URL(fileURLWithPath: path))[24..<28], as: UTF8.self)
                    .debugDescription
                    + (try Program.run("/usr/bin/env", ["md5sum", path]).output)
            },
            folder: folder
        )
    }

    private static func postgres(_ table: String) async throws -> Destination {
        let server = try await PostgresServer.shared()
        let url = try server.freshDatabase()
        return Destination(
            yaml: "postgres: { url: '\(url)' }",
            read: {
                if try server.query("SELECT to_regclass('\(table)')", database: url) == [[nil]] { return nil }
                return try server.query("SELECT * FROM \(table) ORDER BY 1", database: url)
            },
            fingerprint: { "\(try server.query("SELECT ctid, xmin, xmax FROM \(table) ORDER BY 1", database: url))" },
            written: { "\(try server.query("SELECT ctid, xmin FROM \(table) ORDER BY 1", database: url))" },
            folder: try TestFolder()
        )
    }
}

import Foundation
import Sandbox
import TestSupport
import Testing

/// Folders named `column=value`, as DuckDB, Polars and Spark read them.
@Suite struct HiveTreeTests {
    @Test func aTreeOfSourcesAndDaysIsReadAsOneTable() async throws {
        try await withSandbox { command, _ in
            try command.write(
                """
                sources:
                \(sandboxSource("acme"))
                \(sandboxSource("best"))
                extract: [devices]
                load:
                  - ndjson:
                      file: "out/source={source}/date={date}/devices.ndjson"
                      columns: [serial_number, product_family]
                  - csv:
                      file: "out/source={source}/date={date}/devices.csv"
                      columns: [serial_number]
                """,
                to: "test.axport.yaml"
            )
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")

            let script = """
                import csv, glob, json, os, re, sys
                rows = []
                for path in glob.glob("out/**/devices.ndjson", recursive=True):
                    partition = dict(part.split("=", 1) for part in path.split(os.sep)[1:-1])
                    for line in open(path, encoding="utf-8"): rows.append({**json.loads(line), **partition})
                assert all(set(r) == {"serial_number", "product_family", "source", "date"} for r in rows)
                assert all(re.fullmatch(r"\\d{4}-\\d\\d-\\d\\d", r["date"]) for r in rows)
                for source in ["acme", "best"]:
                    listed = [r["serial_number"] for r in rows if r["source"] == source]
                    table, = glob.glob(f"out/source={source}/date=*/devices.csv")
                    assert listed == [r["serial_number"] for r in csv.DictReader(open(table, newline=""))]
                    print(source, len(listed) > 250, len(listed) == len(set(listed)))
                """
            let reader = try await Program.running(
                "/bin/sh",
                ["-c", "cd \"$0\" && exec python3 -c \"$1\"", command.folder, script]
            )
            #expect(reader.output == "acme True True\nbest True True\n", "\(reader.errors)")
        }
    }
}

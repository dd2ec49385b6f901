import Foundation
import TestSupport
import Testing

/// What the report counts is what is there.
@Suite struct BooksTests {
    private func pipeline(_ database: String, night: Int) -> String {
        """
        source: { platform: sandbox, name: acme, devices: 600, night: \(night) }
        inventory: inventory.sqlite
        extract: [devices, assignments, coverage]
        transform:
          - imei
          - where: product_family <> 'Mac'
        load:
          - postgres: { url: "\(database)", table: merged }
          - postgres: { url: "\(database)", table: replaced, mode: replace, removed: delete }
          - postgres: { url: "\(database)", table: runs, from: runs }
          - sqlite: { file: a.sqlite, table: merged }
          - sqlite: { file: a.sqlite, table: deleted, removed: delete }
          - sqlite: { file: a.sqlite, table: replaced, mode: replace, removed: delete }
          - sqlite: { file: a.sqlite, table: rejects, from: rejects }
          - csv: { file: devices.csv }
          - csv:
              file: macs.csv
              transform:
                - mac_addresses: { interfaces: [wifi, ethernet] }
                - sort: [mac]
        """
    }

    @Test("T13: the counts of a report are those of its destinations") func reportedCountsAreThoseOfTheDestinations()
        async throws
    {
        let server = try await PostgresServer.shared()
        let database = try server.freshDatabase()
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func count(_ destination: String, _ table: String) throws -> Int {
                let sql = "SELECT count(*) FROM \(table)"
                if destination.contains("/a.sqlite") {
                    return Int(
                        try Program.run("/usr/bin/env", ["sqlite3", "\(folder)/a.sqlite", sql]).output
                            .trimmingCharacters(in: .newlines)
                    ) ?? -1
                }
                return Int(try server.query(sql, database: database)[0][0] ?? "") ?? -1
            }
            for night in [1, 1, 4] {
                try command.write(pipeline(database, night: night), to: "t.axport.yaml")
                let run = try await command("run", "t.axport.yaml", "--json")
                #expect(run.status == 0, "\(run.errors)")
                let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
                let stages = try #require(report?["stages"] as? [[String: Any]]).filter {
                    $0["kind"] as? String == "load"
                }
                #expect(stages.count == 9)
                for stage in stages {
                    let name = "\(stage["stage"] ?? "") \(stage["destination"] ?? ""), night \(night)"
                    func number(_ member: String) -> Int { stage[member] as? Int ?? .min }
                    let ends =
                        number("written") + number("unchanged") + number("retired") - number("deleted")
                        + number("filtered")
                    #expect(number("read") + number("added") == number("left_out") + ends, "\(name): \(stage)")
                    #expect(number("received") == ends, "\(name)")
                    let destination = stage["destination"] as? String ?? ""
                    for table in ["deleted", "replaced", "rejects"]
                    where destination.contains("\(table))") || destination.hasSuffix(" \(table)") {
                        #expect(try count(destination, table) == number("written") + number("unchanged"), "\(name)")
                    }
                    if destination.hasSuffix(".csv") {
                        // No cell of these has a line end in it.
                        let script =
                            "import csv,sys; print(sum(1 for _ in csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'))))"
                        let rows = try Program.run(
                            "/usr/bin/env",
                            ["python3", "-c", script, destination]
                        )
                        #expect(
                            Int(rows.output.trimmingCharacters(in: .newlines))
                                == number("written") + number("unchanged"),
                            "\(name): \(rows.errors)"
                        )
                    }
                }
                let read = stages.first?["read"] as? Int
                #expect((stages.first?["left_out"] as? Int ?? 0) > 50 && read ?? 0 > 500)
            }
        }
    }
}

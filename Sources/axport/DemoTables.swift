import GRDB

/// The tables of the demo's database, as the demo shows them.
struct DemoTables {
    let folder: String

    private static let queries = [
        (
            "Devices by family",
            """
            SELECT product_family AS family, count(*) AS devices, sum(server_id IS NOT NULL) AS assigned,
              sum(eid IS NOT NULL) AS "with eSIM", sum(coverage_active = 1) AS covered,
              CAST(avg(capacity_bytes) / 1000000000 AS INTEGER) AS "average GB"
            FROM devices WHERE removed_at IS NULL GROUP BY 1 ORDER BY 2 DESC
            """
        ),
        (
            "A few devices",
            """
            SELECT serial_number, device_model, coalesce(imei1, imei2) AS imei, wifi_mac_address, server_name,
              coverage_plan, coverage_end
            FROM devices WHERE coalesce(imei1, imei2) IS NOT NULL AND coverage_end IS NOT NULL
            ORDER BY coverage_end DESC LIMIT 5
            """
        ),
    ]

    /// - Parameter columns: the most characters of a line.
    func text(_ columns: Int) throws -> String {
        var configuration = Configuration()
        configuration.readonly = true
        let database = try DatabaseQueue(path: "\(folder)/assets.sqlite", configuration: configuration)
        return try database.read { db in
            try Self.queries.map { title, sql in
                let rows = try Row.fetchAll(db, sql: sql)
                let names = rows.first.map { Array($0.columnNames) } ?? []
                let isNumber = names.indices.map { index in rows.contains { Self.cell($0, index).isNumber } }
                var table = TextTable(names, isNumber.map { $0 ? .right : .left }, widest: 26)
                for row in rows { table.add(names.indices.map { Self.cell(row, $0).text }) }
                return "\n\(title)\n\n\(table.parts(columns).joined(separator: "\n\n"))"
            }.joined(separator: "\n")
        }
    }

    private static func cell(_ row: Row, _ index: Int) -> (text: String, isNumber: Bool) {
        switch (row[index] as DatabaseValue).storage {
        case .int64(let number): (String(number), true)
        case .double(let number): (String(number), true)
        case .string(let text): (text, false)
        case .null, .blob: ("", false)
        }
    }
}

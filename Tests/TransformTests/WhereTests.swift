import Records
import Testing

@Suite struct WhereTests {
    private let table = Table.devices(
        [
            "serial_number": "S1", "status": "ASSIGNED", "product_family": "iPhone", "order_number": "40",
            "color": "RED",
        ],
        ["serial_number": "S2", "status": "UNASSIGNED", "product_family": "iPad", "order_number": "5"],
        [
            "serial_number": "S3", "status": "ASSIGNED", "product_family": "Mac", "order_number": "now",
            "is_mdm_migration_capable": true, "ordered_at": .timestamp("2025-04-30T22:05:14.192999Z"),
            "imeis": #"["352099001761481"]"#,
        ]
    )

    @Test(arguments: [
        ("status = 'ASSIGNED' AND product_family IN ('iPhone', 'iPad')", ["S1"]),
        ("color <> 'BLUE'", ["S1"]), ("color IS NULL", ["S2", "S3"]), ("status", []),
        ("status LIKE 'assigned'", ["S1", "S3"]),
        ("status = 'assigned' COLLATE NOCASE", ["S1", "S3"]), ("NOT status = 'ASSIGNED'", ["S2"]),
        ("order_number > 5", ["S3"]), ("CAST(order_number AS INTEGER) > 5", ["S1"]),
        ("is_mdm_migration_capable", ["S3"]), ("is_mdm_migration_capable = TRUE", ["S3"]),
        ("is_mdm_migration_capable = '1'", ["S3"]), ("ordered_at = '2025-04-30T22:05:14.192Z'", ["S3"]),
        ("date(ordered_at, '+1 day') = '2025-05-01'", ["S3"]), ("imeis ->> 0 = '352099001761481'", ["S3"]),
        ("json_array_length(imeis) = 1", ["S3"]), ("batch.color = 'RED'", ["S1"]), ("1 = 1", ["S1", "S2", "S3"]),
        ("NULL", []), ("status = 'ASSIGNED' -- only those", ["S1", "S3"]), ("STATUS = 'UNASSIGNED' /* sic */", ["S2"]),
        ("serial_number GLOB 'S[12]'", ["S1", "S2"]), ("CASE WHEN color = 'RED' THEN 0 ELSE 2 END", ["S2", "S3"]),
    ])
    func keepsWhatIsTrue(_ expression: String, _ expected: [String]) throws {
        let yaml = "where: \"\(expression)\""
        #expect(try table.applying(yaml).column("serial_number") == expected.map { .text($0) }, "\(expression)")
    }

    @Test func foldedExpressionSpansLines() throws {
        let result = try table.applying("where: >\n  status = 'ASSIGNED'\n  AND color = 'RED'\n")
        #expect(result.column("serial_number") == ["S1"])
    }

    @Test func emptyBatchStaysEmpty() throws {
        #expect(try Table.devices().applying("where: status = 'A'").batch.count == 0)
    }

    @Test func failureNamesTheStageAndTheDevice() {
        #expect {
            try table.applying("where: json_extract(order_number, '$') = 1")
        } throws: { error in
            (error as? Failure)?.message == "where: device S3: malformed JSON"
        }
    }

    @Test func needsAnExpression() {
        expectProblems("1️⃣where", "1️⃣ where needs SQL expression")
        expectProblems("where: '1️⃣'", "1️⃣ expected an expression")
    }
}

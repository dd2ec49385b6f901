import Records
import Testing

/// A list of texts after `IN` that is kept as a table instead of being rebuilt for every row.
@Suite struct LongListTests {
    private static let colors = (0..<50_000).map { "'C\($0)'" }
    private let table = Table.devices(
        ["serial_number": "S1", "color": "C49999"],
        ["serial_number": "S2", "color": "c7"],
        ["serial_number": "S3"],
        ["serial_number": "S4", "color": "O'Neil, (x)"],
        ["serial_number": "S5", "color": "7", "purchase_source_id": "8"]
    )

    private func kept(_ condition: String) throws -> [Value] {
        try table.applying("where: |\n  \(condition)").column("serial_number")
    }

    @Test func fiftyThousandValuesWork() throws {
        let list = Self.colors.joined(separator: ", ")
        #expect(try kept("color IN (\(list))") == ["S1"])
        #expect(try kept("color NOT IN (\(list))") == ["S2", "S4", "S5"])
        let count = 20_000
        var many = Table.devices()
        many = Table(many.schema, (0..<count).map { ["serial_number": .text("S\($0)"), "color": .text("C\($0 * 5)")] })
        var rows = 0
        let time = try ContinuousClock().measure {
            rows = try many.applying("where: |\n  color IN (\(list))").batch.count
        }
        #expect(rows == 10_000)
        #expect(time < .seconds(30))
    }

    /// The same condition over a short list, which SQLite reads itself, and over a long one that holds it.
    @Test(arguments: [
        ("color", "'C49999', 'O''Neil, (x)'"), ("color COLLATE NOCASE", "'C7'"), ("lower(color)", "'c49999'"),
        ("length(color)", "'1'"), ("CAST(color AS INTEGER)", "'7'"), ("coalesce(color, 'none')", "'none'"),
        ("color || ''", "'c7'"), ("purchase_source_id", "'8'"), ("unicode(color)", "'55', '99'"),
    ])
    func itComparesAsAShortListDoes(_ value: String, _ list: String) throws {
        let more = (0..<60).map { "'x\($0)'" }.joined(separator: ", ")
        for form in ["\(value) IN", "\(value) NOT IN"] {
            #expect(try kept("\(form) (\(list), \(more))") == kept("\(form) (\(list), 'x')"), "\(form)")
        }
    }

    @Test func severalListsStandInOneExpression() throws {
        let list = Self.colors.prefix(60).joined(separator: ",")
        #expect(
            try kept("color IN (\(list)) OR color IN (\(list), 'c7') OR serial_number IN (\(list), 'S3')") == [
                "S2", "S3",
            ]
        )
        let computed = try table.applying(
            "compute: { a: \"color IN (\(list), 'c7')\", b: \"iif(color IN (\(list), '7'), 'yes', 'no')\" }"
        )
        #expect(computed.column("a") == ["0", "1", nil, "0", "0"])
        #expect(computed.column("b") == ["no", "no", "no", "no", "yes"])
    }
}

import Records
import Testing

/// Which expressions give JSON rather than text.
@Suite struct JSONResultTests {
    private let table = Table.devices(
        ["serial_number": "S1", "color": "RED", "imeis": #"["1","2"]"#, "extra": #"{"a": 1, "b": 2}"#],
        ["serial_number": "S2"]
    )

    @Test(
        arguments: [
            ("json(extra)", #"{"a":1,"b":2}"#, nil), ("json_array(color, 1)", #"["RED",1]"#, "[null,1]"),
            ("json_object('c', color)", #"{"c":"RED"}"#, #"{"c":null}"#),
            ("JSON_OBJECT ('c', upper('x'))", #"{"c":"X"}"#, #"{"c":"X"}"#),
            ("json_patch(extra, json_object('a', NULL))", #"{"b":2}"#, nil),
            ("json_object('list', json(imeis))", #"{"list":["1","2"]}"#, #"{"list":null}"#),
        ] as [(String, Value, Value)]
    )
    func aFunctionAroundTheWholeGivesJSON(_ expression: String, _ first: Value, _ second: Value) throws {
        let result = try table.applying("select: { x: \"\(expression)\" }")
        #expect(result.type("x") == .json)
        #expect(result.column("x") == [first, second])
    }

    @Test(
        arguments: [
            ("json_object('c', color) ->> '$.c'", "RED"), ("lower(json_array(color))", #"["red"]"#),
            ("json_array(1) || json_array(2)", "[1][2]"), ("coalesce(json(extra), '')", #"{"a":1,"b":2}"#),
            ("(json_array(1))", "[1]"), ("json_extract(extra, '$.a')", "1"), ("json_array_length(imeis)", "2"),
            ("json_quote(color)", #""RED""#), ("json_type(extra)", "object"), ("json_array(1) = '[1]'", "1"),
        ] as [(String, Value)]
    )
    func aFunctionInsideGivesText(_ expression: String, _ expected: Value) throws {
        let result = try table.applying("select: { x: \"\(expression)\" }")
        #expect(result.type("x") == .text)
        #expect(result["x"] == expected)
    }

    /// PostgreSQL's jsonb takes it no more than text does.
    @Test func jsonWithNulIsRejected() throws {
        let result = try table.applying(
            "compute: { x: \"json_object('c', char(0))\", y: \"json_object('c', '\\\\u0000')\" }"
        )
        #expect(result["x"] == .null)
        #expect(result.rejects.map(\.column) == ["x", "x"])
        #expect(result["y"] == #"{"c":"\\u0000"}"#)
    }

    @Test func jsonIsJSONForTheNextExpression() throws {
        let result = try table.applying("compute: { doc: \"json_object('c', color)\" }")
            .applying("select: { c: \"doc ->> '$.c'\", outer: \"json_object('doc', json(doc))\" }")
        #expect(result.column("c") == ["RED", nil])
        #expect(result["outer"] == #"{"doc":{"c":"RED"}}"#)
    }
}

import Records
import Stages
import Testing

/// What each function that expressions may call really does, as the reference says it.
@Suite struct FunctionFactTests {
    private static let facts: [(String, Value)] = [
        ("abs(-3)", "3"), ("char(13, 10)", "\r\n"), ("char(73, 8217, 128241)", "I’📱"), ("char()", ""),
        ("coalesce(NULL, '', 'b')", ""), ("date('2026-02-28T23:59:59.999Z', '+60 days')", "2026-04-29"),
        ("datetime('2026-02-28T22:05:14.192Z')", "2026-02-28 22:05:14"), ("format('%05d|%s|%%', 42, 'x')", "00042|x|%"),
        // The first character of a text, so that no number becomes a control character.
        ("format('%c', 13)", "1"), ("printf('%c', 'abc')", "a"), ("glob('a*', 'abc')", "1"), ("glob('A*', 'abc')", "0"),
        ("hex('aé')", "61C3A9"), ("ifnull(NULL, 'b')", "b"), ("iif(0, 'a', 'b')", "b"), ("iif(NULL, 'a', 'b')", "b"),
        ("iif('x', 'a', 'b')", "b"), ("instr('abc', 'c')", "3"), ("instr('abc', 'd')", "0"), ("instr('éc', 'c')", "2"),
        ("json('[ 1 ]') || ''", "[1]"), ("json_array(1, 'a', NULL) || ''", #"[1,"a",null]"#),
        ("json_array_length('[1,[2,3]]')", "2"), (#"json_extract('{"a":{"b":7}}', '$.a.b')"#, "7"),
        ("json_object('a', 1) || ''", #"{"a":1}"#), (#"json_patch('{"a":1,"b":2}', '{"a":null}') || ''"#, #"{"b":2}"#),
        (#"json_quote('a"b')"#, #""a\"b""#), ("json_type('[]')", "array"), ("json_valid('{')", "0"),
        ("julianday('2026-01-02') - julianday('2026-01-01')", "1.0"), ("length('é📱')", "2"), ("length(NULL)", nil),
        ("like('A%', 'abc')", "1"), ("'É' LIKE 'é'", "0"), ("'a_c' LIKE 'abc'", "0"), ("'abc' LIKE 'a_c'", "1"),
        ("lower('ABCÉ')", "abcÉ"), ("ltrim('  a ')", "a "), ("ltrim('xya', 'yx')", "a"), ("max(2, 10)", "10"),
        ("max('2', '10')", "2"), ("max(1, NULL)", nil), ("min('b', 'a')", "a"), ("nullif('', '')", nil),
        ("replace('1-1', '-', '')", "11"), ("replace('ab', '', 'x')", "ab"), ("round(2.5)", "3.0"),
        ("round(2.345, 2)", "2.35"),
        ("rtrim(' a  ')", " a"), ("sign(-7)", "-1"), ("strftime('%d/%m/%Y', '2026-02-28')", "28/02/2026"),
        ("substr('abcdef', 2, 3)", "bcd"), ("substr('abc', -2)", "bc"), ("substr('é📱x', 2, 1)", "📱"),
        ("substring('abc', 2)", "bc"), ("time('2026-02-28T22:05:14Z')", "22:05:14"), ("trim('\t a ')", "\t a"),
        ("trim(char(13, 10) || 'a b' || char(10), char(13, 10, 32))", "a b"), ("typeof(1)", "integer"),
        ("typeof('1')", "text"),
        ("unicode('é')", "233"), ("unixepoch('1970-01-02')", "86400"), ("upper('abcé')", "ABCé"),
        (#"'{"a":"x"}' -> '$.a'"#, #""x""#), (#"'{"a":"x"}' ->> '$.a'"#, "x"), (#"'["a","b"]' ->> 1"#, "b"),
        ("7 / 2", "3"), ("7 / 2.0", "3.5"), ("'a' || NULL", nil), ("CAST('12x' AS INTEGER) || ''", "12"),
        ("'10' < '9'", "1"), ("NULL IN ('a')", nil),
    ]

    @Test(arguments: facts) func givesThis(_ expression: String, _ expected: Value) throws {
        let result = try Table.devices(["serial_number": "S1"]).applying("select:\n  x: |-\n    \(expression)")
        #expect(result["x"] == expected, "\(expression)")
    }

    @Test func everyFunctionIsAmongThem() {
        let called = Self.facts.map { $0.0 }.joined(separator: "\n")
        for function in ExpressionFunction.all {
            let name = function.name.hasPrefix("-") ? " \(function.name) " : "\(function.name)("
            #expect(called.contains(name), "\(function.name)")
        }
    }

    /// PostgreSQL takes no U+0000, and neither does a file that other programs read.
    @Test func aTextWithNullIsRejected() throws {
        let result = try Table.devices(["serial_number": "S1"]).applying(
            "select: { serial_number: serial_number, x: char(0) }"
        )
        #expect(result["x"] == .null)
        #expect(result.rejects.map(\.reason) == [.invalidText])
    }
}

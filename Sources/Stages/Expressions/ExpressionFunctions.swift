import Records

/// A function that expressions may call.
package struct ExpressionFunction: Sendable {
    package let name: String
    package let meaning: String

    private init(_ name: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
    }

    /// All allowed functions of SQLite: functions of one row that give the same result tomorrow. SQLite's operators,
    /// `CASE`, `CAST`, `IN (…)`, `BETWEEN`, `LIKE`, `GLOB`, `COLLATE NOCASE`, and `IS NULL` are allowed too; `REGEXP`
    /// does not exist. Dates are texts such as `2025-04-30T22:05:14.192Z`; lists are JSON, as in `imeis ->> 0`.
    package static let all = [
        ExpressionFunction("abs", "number without its sign"),
        ExpressionFunction("char", "text of these code points: `char(13, 10)` is a line break"),
        ExpressionFunction("coalesce", "first argument that is not null"),
        ExpressionFunction("date", "day of a date-time, changed by modifiers such as `'+60 days'`"),
        ExpressionFunction("datetime", "`YYYY-MM-DD HH:MM:SS` of a date-time"),
        ExpressionFunction(
            "format",
            "text formatted by a printf pattern; `%c` is the first character of a text, see `char`"
        ),
        ExpressionFunction("glob", "function behind `GLOB`"),
        ExpressionFunction("hex", "hexadecimal digits of a text's bytes"),
        ExpressionFunction("ifnull", "second argument if the first is null"),
        ExpressionFunction("iif", "second argument if the first is true, otherwise the third"),
        ExpressionFunction("instr", "position of a text in another, counted from 1; 0 if it is not there"),
        ExpressionFunction("json", "JSON without white space"),
        ExpressionFunction("json_array", "JSON list of the arguments"),
        ExpressionFunction("json_array_length", "number of elements of a JSON list"),
        ExpressionFunction("json_extract", "value at a path of a JSON text"),
        ExpressionFunction("json_object", "JSON object of names and values"),
        ExpressionFunction("json_patch", "JSON object changed by another, whose null members are removed"),
        ExpressionFunction("json_quote", "value as JSON"),
        ExpressionFunction("json_type", "type of a JSON value"),
        ExpressionFunction("json_valid", "whether a text is JSON"),
        ExpressionFunction("julianday", "days since 4714 BC, for differences"),
        ExpressionFunction("length", "number of characters"),
        ExpressionFunction("like", "function behind `LIKE`"),
        ExpressionFunction("lower", "text with ASCII letters in lowercase"),
        ExpressionFunction("ltrim", "text without leading blanks, or given characters"),
        ExpressionFunction("max", "greatest of two or more arguments"),
        ExpressionFunction("min", "least of two or more arguments"),
        ExpressionFunction("nullif", "first argument, or null if it equals the second"),
        ExpressionFunction("printf", "same as `format`"),
        ExpressionFunction("replace", "text with each occurrence of a part replaced"),
        ExpressionFunction("round", "number rounded to a number of digits after the point"),
        ExpressionFunction("rtrim", "text without trailing blanks, or given characters"),
        ExpressionFunction("sign", "-1, 0 or 1"),
        ExpressionFunction("strftime", "date-time formatted by a pattern such as `'%d/%m/%Y'`"),
        ExpressionFunction("substr", "part of a text: start position, counted from 1, and number of characters"),
        ExpressionFunction("substring", "same as `substr`"),
        ExpressionFunction("time", "`HH:MM:SS` of a date-time"),
        ExpressionFunction("trim", "text without blanks, or given characters, at both ends"),
        ExpressionFunction("typeof", "null, integer, real or text"),
        ExpressionFunction("unicode", "code point of the first character"),
        ExpressionFunction("unixepoch", "seconds since 1970 of a date-time"),
        ExpressionFunction("upper", "text with ASCII letters in uppercase"),
        ExpressionFunction("->", "element of a JSON text, as JSON"),
        ExpressionFunction("->>", "element of a JSON text, as text or number"),
    ]

    static let allowed = Set(all.map(\.name))

    /// Functions that read the clock without a date-time, and the machine's time zone with some modifiers. The number
    /// is how many arguments come before the date-time.
    static let dateFunctions = ["date": 0, "datetime": 0, "julianday": 0, "time": 0, "unixepoch": 0, "strftime": 1]

    private static let aggregates: Set = [
        "avg", "count", "group_concat", "json_group_array", "json_group_object", "string_agg", "sum", "total",
    ]

    /// Why a function cannot be called.
    static func refusal(of name: String) -> Problem {
        let name = name.lowercased()
        if name.hasPrefix("random") { return Problem("\(name)() gives a different result each time") }
        if name == "regexp" || name == "match" {
            return Problem("no operator \(name.uppercased())", hint: "use LIKE or GLOB")
        }
        if aggregates.contains(name) { return aggregate(name + "()") }
        return unknownName("function", name, known: all.map(\.name).filter { !$0.hasPrefix("-") })
    }

    static func aggregate(_ name: String) -> Problem {
        Problem("\(name) combines several rows, and an expression sees only one")
    }
}

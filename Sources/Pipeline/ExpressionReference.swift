import Stages

/// The language of `where`, `compute` and `select`.
extension ReferenceTopic {
    /// Expressions over the columns of `devices`, and what they give.
    static let expressionExamples = [
        ("status = 'ASSIGNED' AND product_family IN ('iPhone', 'iPad')", "which rows stay, in `where`"),
        ("'APL-' || serial_number", "two texts joined"),
        ("coalesce(imei1, imei2)", "the first IMEI that is there"),
        ("imeis ->> 0", "the first element of a list"),
        ("iif(product_family = 'Mac', 'Computer', 'Phone')", "one of two values"),
        ("CAST(capacity_bytes / 1000000000 AS INTEGER)", "gigabytes"),
        ("strftime('%d/%m/%Y', ordered_at)", "a date in another form"),
        ("date(ordered_at, '+3 years')", "a day computed from another"),
        ("ordered_at >= date(run_date, '-30 days')", "the last 30 days"),
        ("coverage_end BETWEEN run_date AND date(run_date, '+90 days')", "what ends within 90 days"),
        ("coverage_end BETWEEN '2026-01-01' AND '2026-12-31'", "dates compared as texts"),
        ("server_name IS NULL", "whether a value is missing"),
    ]

    static let expressions = ReferenceTopic(
        name: "expressions",
        summary: "The language of `where`, `compute`, and `select`: expressions in SQLite's SQL.",
        text: """
            Expressions are SQL in the dialect of SQLite, over the columns of one row. `axport check` compiles each of \
            them and shows the place of an error.

            | expression | gives |
            | --- | --- |
            \(expressionExamples.map { "| `\($0.0.replacing("|", with: "\\|"))` | \($0.1) |" }.joined(separator: "\n"))

            - Texts stand in single quotes, and names that are SQL words or have other characters in double quotes: \
            `"column"`.
            - A missing value is NULL. Compared or joined with `||`, it gives NULL; use `IS NULL`, `coalesce` or `ifnull`.
            - Dates are texts such as `2025-04-30T22:05:14.192Z` or `2025-04-30`, and compare as such. Lists are JSON. \
            True is 1, and false is 0.
            - Operators are those of SQLite: `||`, `+ - * / %`, `= <> < <= > >=`, `AND`, `OR`, `NOT`, `IS`, `IN (…)`, \
            `BETWEEN`, `LIKE` (ignores case in ASCII), `GLOB` (does not), `CASE … END`, `CAST(… AS …)`, `COLLATE NOCASE`, \
            `->`, and `->>`. `7 / 2` is 3. `REGEXP` does not exist.
            - `run_date` and `run_time` are the day and the moment at which the command began, in UTC. They are the \
            same for all rows, loads, and sources, also past midnight. `--at` sets them: `axport run`, `plan`, `preview`, \
            `export`, and `test` have it. A column with one of these names hides them.
            - Queries, aggregates, random numbers, and any other look at the clock are refused: a row gives the same \
            result whenever the run has the same `run_time`.
            - A text that an expression reads or creates has at most \(LockedConnection.longestText) bytes.
            - YAML needs quotes around an expression that begins with a quote or bracket, or has a blank after `:` or before `#`: \
            `asset_tag: "'APL-' || serial_number"`. `>-` begins one of several lines.

            These functions can be called:

            | function | gives |
            | --- | --- |
            \(ExpressionFunction.all.map { "| `\($0.name)` | \($0.meaning) |" }.joined(separator: "\n"))
            """
    )
}

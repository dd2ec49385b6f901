import Records

/// A condition over the columns of a SQLite table that are known only when a load begins.
package enum TableCondition {
    /// Refuses what no expression may use: another table, the clock, or a function that is not allowed. Every
    /// possible column name counts as a column.
    package static func check(_ condition: Expression) throws(PlanError) {
        var columns = Schema("table", "", key: [], [])
        var known: Set<String> = []
        // An expression without a valid form has no columns; the compiler reports the problem.
        let tokens = (try? SQLToken.read(Array(condition.sql.utf8))) ?? []
        for token in tokens where token.kind == .word || token.kind == .quotedName {
            guard known.insert(token.value.sqlFolded).inserted, known.count <= 1000 else { continue }
            columns.fields.append(Field(token.value, .text, "A column."))
        }
        if columns.fields.isEmpty { columns.fields.append(Field("value", .text, "A column.")) }
        _ = try ExpressionCompiler(columns, at: condition.location).check(condition)
    }
}

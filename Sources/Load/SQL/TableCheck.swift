import Records
import Stages

extension TableSettings {
    /// Refuses, while planning, settings that contradict each other or the columns, and names that the database has no
    /// room for.
    func check(_ schema: Schema, _ dialect: SQLDialect, at location: SourceLocation) throws(PlanError) {
        let problems = keyProblems(schema, at: location)
        guard problems.isEmpty else { throw PlanError(problems) }
        let rows = rows(of: schema)
        let messages = modeProblems(rows) + historyProblems(rows) + nameProblems(rows, dialect.names)
        guard messages.isEmpty else { throw PlanError(messages.map { Diagnostic($0, at: location) }) }
    }

    private func keyProblems(_ schema: Schema, at location: SourceLocation) -> [Diagnostic] {
        guard let key else { return [] }
        if key.isEmpty { return [Diagnostic("key: names no column", at: location)] }
        var problems: [Diagnostic] = []
        var seen: Set<String> = []
        for column in key {
            do {
                _ = try column.index(in: schema)
                if !seen.insert(column.name).inserted {
                    problems.append(Diagnostic("'\(column)' is in the key twice", at: column.location))
                }
            } catch {
                problems.append(error)
            }
        }
        if problems.isEmpty, schema.isOneOfSeveral, !seen.contains(Schema.sourceColumn) {
            problems.append(
                Diagnostic(
                    "key: needs the column '\(Schema.sourceColumn)', or one source would take over rows of another",
                    at: location
                )
            )
        }
        return problems
    }

    private func modeProblems(_ rows: Schema) -> [String] {
        var problems: [String] = []
        let mode = mode(for: rows)
        if self.mode == .merge, rows.keyIndexes == nil {
            problems.append("mode: merge needs rows with a key; these have none: name its columns with `key:`")
        }
        if only != nil, mode != .replace {
            problems.append("only: limits what mode: replace replaces; mode: \(mode.rawValue) never does")
        }
        if mode == .append, removed == .delete {
            problems.append("mode: append takes nothing away; choose removed: keep or mark")
        }
        if removed == .mark, rows.index(of: "removed_at") == nil {
            problems.append("removed: mark needs the column removed_at; load it, or choose keep or delete")
        }
        return problems
    }

    private func historyProblems(_ rows: Schema) -> [String] {
        guard history else { return [] }
        if mode == .append { return ["history: has nothing to add to mode: append, which keeps the rows of every run"] }
        if rows.keyIndexes == nil {
            return ["history: needs rows with a key; these have none: name its columns with `key:`"]
        }
        if only != nil { return ["history: follows whole tables; only: names a part of one"] }
        return TableLoad.versionColumns.filter { rows.index(of: $0) != nil }.map {
            "history: has a column '\($0)' of its own; rename that of the rows"
        }
    }

    private func nameProblems(_ rows: Schema, _ names: NameRules) -> [String] {
        let ours = [TableLoad.removedFlag] + (history ? TableLoad.versionColumns : [])
        let columns = rows.fields.map(\.name)
        var problems = names.problems(of: table(for: rows), longestSuffix: history ? TableLoad.longestSuffix : "")
        if columns.contains(TableLoad.removedFlag) {
            problems.append("axport has a column '\(TableLoad.removedFlag)' of its own; rename that of the rows")
        }
        // Identical names are already reported.
        return problems + names.problems(ofColumns: columns + ours.filter { !columns.contains($0) })
    }
}

import Records
import Stages

extension TableSettings {
    /// While planning, refuses settings that contradict each other or the columns, and names that the database does not
    /// allow.
    func check(_ schema: Schema, _ dialect: SQLDialect, at location: SourceLocation) throws(PlanError) {
        var rows = rows(of: schema)
        var problems = Problems(keyProblems(schema, at: location))
        if !problems.found.isEmpty { rows.extent = max(rows.extent, .names) }
        let others = modeProblems(rows) + historyProblems(rows) + nameProblems(rows, dialect.names)
        problems.add(others.map { Diagnostic($0, at: location) })
        try problems.end()
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
                    "key: lacks the column '\(Schema.sourceColumn)', so that one source would overwrite the rows of another",
                    hint: "add it",
                    at: location
                )
            )
        }
        return problems
    }

    private static let keyHint = "name the columns of a key with `key:`"

    private func modeProblems(_ rows: Schema) -> [Problem] {
        var problems: [Problem] = []
        let mode = mode(for: rows)
        if self.mode == .merge, rows.lacksKey {
            problems.append(Problem("mode: merge needs rows with a key, and these have none", hint: Self.keyHint))
        }
        if only != nil, mode != .replace {
            problems.append(
                Problem("only: works only with mode: replace", hint: "remove `only:`, or set mode: replace")
            )
        }
        if mode == .append, removed == .delete {
            problems.append(
                Problem("mode: append never deletes rows", hint: "choose removed: keep or mark")
            )
        }
        if removed == .mark, rows.lacks("removed_at") {
            problems.append(
                Problem("removed: mark needs the column removed_at", hint: "load it, or choose removed: keep or delete")
            )
        }
        return problems
    }

    private func historyProblems(_ rows: Schema) -> [Problem] {
        guard history else { return [] }
        if mode == .append {
            return [
                Problem(
                    "mode: append already keeps the rows of every run",
                    hint: "remove `history:`, or set mode: merge"
                )
            ]
        }
        if rows.lacksKey {
            return [Problem("history: needs rows with a key, and these have none", hint: Self.keyHint)]
        }
        if only != nil {
            return [
                Problem(
                    "history: needs the whole table, and only: names a part of it",
                    hint: "remove one of the settings"
                )
            ]
        }
        return paceProblems(rows)
            + TableLoad.versionColumns.filter { rows.index(of: $0) != nil }.map {
                Problem("history: adds a column '\($0)'", hint: "rename the column of the rows")
            }
    }

    private func nameProblems(_ rows: Schema, _ names: NameRules) -> [Problem] {
        let ours = TableLoad.flags + (history ? TableLoad.versionColumns : [])
        let columns = rows.fields.map(\.name)
        var problems = names.problems(of: table(for: rows), longestSuffix: history ? TableLoad.longestSuffix : "")
        problems += TableLoad.flags.filter(columns.contains).map {
            Problem("axport adds a column '\($0)'", hint: "rename the column of the rows")
        }
        // Identical names are already reported.
        return problems + names.problems(ofColumns: columns + ours.filter { !columns.contains($0) })
    }
}

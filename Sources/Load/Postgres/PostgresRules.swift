import PostgreSQL
import Records

extension PostgresHandle {
    /// Call this only in a transaction that has not failed.
    func breach(_ error: any Error, in table: TableName, of schema: Schema) -> RuleBreach? {
        guard let error = error as? PostgresError, let state = error.state else { return nil }
        let name = error.constraint ?? ""
        let columns = error.constraint.map { constrained(by: $0, in: table) } ?? []
        let list = columns.isEmpty ? "its values" : columns.joined(separator: ", ")
        switch state {
        case PostgresError.foreignKeyViolation: return foreignKey(error, columns, in: table)
        case PostgresError.uniqueViolation:
            return RuleBreach(
                problem: (columns.isEmpty ? "it is a duplicate of another row" : "another row has the same \(list)")
                    + " (unique constraint \(name))",
                columns: columns,
                advice: "\(RuleBreach.leaveOut), or exclude the column with `columns:`"
            )
        case PostgresError.exclusionViolation:
            return RuleBreach(
                problem: "it conflicts with another row (exclusion constraint \(name) of \(list))",
                columns: columns,
                advice: RuleBreach.leaveOut
            )
        case PostgresError.checkViolation: return check(error, columns, in: table)
        case PostgresError.notNullViolation:
            let columns = error.column.map { [$0] } ?? error.domain.map { typed($0, in: table) } ?? []
            if columns.allSatisfy({ schema.index(of: $0) == nil }) { return nil }
            return RuleBreach(
                problem: "it has no \(columns.joined(separator: " or no ")), which must not be empty",
                advice: RuleBreach.leaveOut
            )
        case PostgresError.insufficientPrivilege:
            // A missing privilege has the same SQLSTATE.
            let relation = Self.relation(table)
            let isPolicy = try? rows(
                """
                SELECT 1 WHERE row_security_active(\(relation)) AND has_any_column_privilege(\(relation), 'INSERT')
                    AND has_any_column_privilege(\(relation), 'UPDATE')
                """
            )
            guard isPolicy?.isEmpty == false else { return nil }
            return RuleBreach(
                problem: "a row-level security policy does not let this role write it",
                advice: "\(RuleBreach.leaveOut), or let the owner change the policy"
            )
        default:
            // Errors of values, and errors that functions raise.
            guard ["22", "23", "38", "39", "44", "P0"].contains(String(state.prefix(2))) else { return nil }
            let place = error.context.map { ", at \($0)" } ?? ""
            return RuleBreach(
                problem: "the database says \"\(error.words ?? error.message)\"\(place) (SQLSTATE \(state))",
                columns: columns,
                advice: error.hint
                    ?? "check the triggers and generated columns of the table, or \(RuleBreach.leaveOut)"
            )
        }
    }

    private func foreignKey(_ error: PostgresError, _ columns: [String], in table: TableName) -> RuleBreach {
        let name = error.constraint ?? ""
        guard error.table == table.name, !columns.isEmpty else {
            return RuleBreach(
                problem: "table \(error.table ?? "") still refers to it (foreign key \(name))",
                advice: "keep such rows with `removed: mark`, or delete them from \(error.table ?? "that table") first"
            )
        }
        let other = try? rows(
            "SELECT confrelid::regclass::text FROM pg_constraint WHERE \(Self.isConstraint(name, of: table))"
        ).first?.first
        let target = (other ?? nil) ?? "the table it refers to"
        return RuleBreach(
            problem: "its \(columns.joined(separator: ", ")) is not in table \(target) (foreign key \(name))",
            columns: columns,
            advice: "load \(target) first, or \(RuleBreach.leaveOut)"
        )
    }

    private func check(_ error: PostgresError, _ columns: [String], in table: TableName) -> RuleBreach {
        let name = error.constraint ?? ""
        if let domain = error.domain {
            let typed = typed(domain, in: table)
            return RuleBreach(
                problem:
                    "\(typed.joined(separator: " or ")) does not meet its domain \(domain) (check constraint \(name))",
                columns: typed,
                advice: "\(RuleBreach.leaveOut), or exclude the column with `columns:`"
            )
        }
        if error.constraint == nil {
            return RuleBreach(
                problem: "it belongs to no partition of \(error.table ?? table.name)",
                advice: "let the owner add a partition for it or a default partition, or \(RuleBreach.leaveOut)"
            )
        }
        let list = columns.isEmpty ? "it" : columns.joined(separator: ", ")
        return RuleBreach(
            problem: "\(list) does not meet the check constraint \(name)",
            columns: columns,
            advice: "\(RuleBreach.leaveOut), or exclude the column with `columns:`"
        )
    }

    /// The columns of a domain.
    private func typed(_ domain: String, in table: TableName) -> [String] {
        let found = try? rows(
            """
            SELECT attname FROM pg_attribute JOIN pg_type AS t ON t.oid = atttypid
            WHERE attrelid = \(Self.relation(table)) AND typname = \(SQLDialect.literal(domain)) ORDER BY attnum
            """
        )
        return found?.compactMap { $0[0] } ?? []
    }

    /// The columns of a constraint or of an index.
    private func constrained(by name: String, in table: TableName) -> [String] {
        let found = try? rows(
            """
            SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = \(Self.relation(table)) AND a.attnum = ANY (
                SELECT unnest(conkey) FROM pg_constraint WHERE \(Self.isConstraint(name, of: table))
                UNION SELECT unnest(indkey::int2[]) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                WHERE indrelid = \(Self.relation(table)) AND relname = \(SQLDialect.literal(name)))
            ORDER BY a.attnum
            """
        )
        return found?.compactMap { $0[0] } ?? []
    }

    private static func relation(_ table: TableName) -> String { "\(SQLDialect.literal(table.quoted))::regclass" }

    private static func isConstraint(_ name: String, of table: TableName) -> String {
        "conrelid = \(relation(table)) AND conname = \(SQLDialect.literal(name))"
    }
}

import PostgreSQL
import Records
import Stages

/// Rows go straight into a table of ours that is missing or empty: there is nothing to compare them with, and half of the
/// time of a load is their second way out of the staging table.
extension PostgresTarget {
    /// The COPY into the table itself; nil if its rows must be staged.
    func beginFilling(_ found: TargetTable?, _ database: PostgresHandle) throws -> PostgresCopy? {
        guard ForeignEncoding(of: database) == nil, let types = CopyType.all(merge.incoming, in: found),
            try claimsEmpty(found, database)
        else { return nil }
        let format = CopyFormat.binary(CopyBinary(types: types, writesFlag: false))
        try database.beginCopy("COPY \(table.quoted) (\(merge.list)) FROM STDIN", format)
        return PostgresCopy(found: found, way: .table, format: format)
    }

    /// Locks and, if need be, creates the table. False if the rows must be staged: because of what the load does beside
    /// adding rows, because the table is not as we create it, or because another load holds it.
    private func claimsEmpty(_ found: TargetTable?, _ database: PostgresHandle) throws -> Bool {
        guard merge.onlyAdds, found.map(isOurs) != false else { return false }
        try database.execute("SAVEPOINT claim")
        let lock = "SELECT 1 WHERE pg_try_advisory_xact_lock(\(lockKey(in: found?.schema)))"
        guard try found == nil || isPlainAndEmpty(database), try database.rows(lock).count == 1,
            // Another load may have created or filled it before we had the lock.
            try found?.columns == inspect(database)?.columns, try found == nil || isPlainAndEmpty(database)
        else {
            // Gives all locks back: that of the loads, and that of the table, for which its owner would wait.
            try database.execute("ROLLBACK TO SAVEPOINT claim; RELEASE SAVEPOINT claim")
            return false
        }
        if found == nil { try merge.prepare(table, for: merge.schema, found: nil, on: database) }
        return true
    }

    /// Whether it has our columns only, as we create them.
    private func isOurs(_ found: TargetTable) -> Bool {
        let key = merge.schema.key
        return found.columns.count == merge.schema.fields.count
            && merge.schema.fields.allSatisfy { field in
                guard let column = found.column(field.name) else { return false }
                return column.plainType == column.type && column.modifier == nil && column.comparison.rule == nil
                    && !column.isGenerated && column.isRequired == key.contains(field.name)
                    && !["int4", "int2"].contains(column.baseType)
            }
            && found.uniqueKeys.count == (merge.schema.keyIndexes == nil ? 0 : 1)
            && (merge.schema.keyIndexes == nil || found.hasKey(of: merge.schema))
    }

    /// Whether it has no rows, and nothing else judges or changes those that come.
    private func isPlainAndEmpty(_ database: PostgresHandle) throws -> Bool {
        try database.rows(
            """
            SELECT 1 FROM pg_class AS c
            WHERE c.oid = (\(relation(table))) AND c.relkind = 'r'
                AND NOT (c.relhastriggers OR c.relhasrules OR c.relrowsecurity OR c.relispartition)
                AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = c.oid AND contype NOT IN ('p', 'u', 'n'))
                AND NOT EXISTS (SELECT 1 FROM \(table.quoted))
            """
        ).count == 1
    }

    func finishFilling(_ database: PostgresHandle, _ copy: PostgresCopy) throws -> LoadCounts {
        do {
            try check(try database.endCopy(), of: copy)
        } catch let error as PostgresError where error.state == PostgresError.uniqueViolation {
            throw merge.repeatedKeys(error.keyValues.map { [[$0]] } ?? [])
        } catch let error as PostgresError where error.state == PostgresError.notNullViolation {
            throw merge.missingKeys("a row for \(table) has")
        }
        return try merge.countsOfFilling(added: copy.sent, filtered: copy.filtered)
    }
}

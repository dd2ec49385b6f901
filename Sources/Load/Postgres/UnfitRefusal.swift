import PostgreSQL
import Records

/// Why a load refuses values that do not fit, with advice.
struct UnfitRefusal {
    let values: StagedValues
    let unfit: [(column: LimitedColumn, count: Int)]

    var isOfTooMany: Bool { unfit.map(\.count).reduce(0, +) > UnfitValues.mostQuarantined }
    /// Whether the columns can be empty.
    var isOptional: Bool { unfit.allSatisfy { !$0.column.isRequired } }

    func failure() throws -> Failure {
        let setting = values.target.unfit
        var problems: [String] = []
        for (column, count) in unfit {
            var problem = problem(of: column, count)
            if setting == .quarantine, column.isRequired { problem += " and must not be empty" }
            let examples = try examples(of: column)
            problems.append(examples.isEmpty ? problem : "\(problem) (\(examples))")
        }
        if setting == .quarantine, isOptional {
            problems.append("unfit: quarantine accepts up to \(UnfitValues.mostQuarantined)")
        }
        let mayQuarantine = setting == .refuse && isOptional
        return Failure(
            .badData,
            "values do not fit table \(values.target.table): \(problems.joined(separator: "; ")); nothing was changed",
            advice: mayQuarantine ? "set unfit: quarantine to load the rows without these values, or \(remedy)" : remedy
        )
    }

    private func problem(of column: LimitedColumn, _ count: Int) -> String {
        let number = counted(count, "value")
        guard case .characters = column.limit else {
            return "\(column.name) is \(column.type), but \(number) \(count == 1 ? "does" : "do") not fit"
        }
        let encoding = values.encoding?.name ?? ""
        return "\(column.name) has \(number) with characters that the database's encoding \(encoding) lacks"
    }

    private var remedy: String {
        let columns = unfit.map(\.column)
        let changes = columns.compactMap { column in
            column.limit.roomyType.map { "ALTER COLUMN \(column.quoted) TYPE \($0)" }
        }
        if changes.isEmpty { return "load into a database with the encoding UTF8" }
        guard columns.allSatisfy(\.isFree) else {
            return "give the columns larger types; drop dependent views first and create them again afterwards"
        }
        return "run: ALTER TABLE \(values.target.table.quoted) \(changes.joined(separator: ", "));"
    }

    /// The keys of the first rows whose values do not fit.
    private func examples(of column: LimitedColumn) throws -> String {
        let incoming = values.incoming
        let hasSerial = incoming.index(of: StagedValues.serial) != nil
        let names = hasSerial ? [StagedValues.serial] : values.target.merge.schema.key
        let fields = incoming.fields.filter { names.contains($0.name) }
        if fields.isEmpty { return "" }
        let found = try values.database.rows(
            """
            SELECT \(fields.map(values.shown).joined(separator: ", ")) FROM \(PostgresTarget.staging) AS s
            WHERE \(values.misfits(column))
            ORDER BY \(fields.map { "s.\(SQLDialect.quote($0.name))" }.joined(separator: ", ")) LIMIT 4
            """
        )
        return "\(fields.map(\.name).joined(separator: ", ")) \(found.examples)"
    }
}

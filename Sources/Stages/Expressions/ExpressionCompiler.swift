import GRDBSQLite
import Records

/// An expression that passed all checks.
package struct CheckedExpression {
    /// As it was written.
    package let sql: String
    /// The same, with the names of tables in place of long lists.
    package let evaluated: String
    /// How many such tables it uses.
    package let lists: Int
    /// Positions of the columns that it reads.
    package let columns: [Int]
    /// What it reads of the time of the run.
    package let moments: [RunMoment]
    /// How often its value changes although the columns of Apple's answers stay the same.
    package let pace: Field.Pace
    /// Text, unless the whole expression is a cast to a number.
    package let type: ValueType
    /// The column, if the expression is only its name: cells are copied with their type.
    package let copiedColumn: Int?
    /// The time of the run, if the expression is only its name.
    package let copiedMoment: RunMoment?
}

/// Checks expressions against the columns of the rows, with messages that point into the pipeline file.
package struct ExpressionCompiler {
    package let connection: LockedConnection
    private let input: Schema
    /// Those that no column hides.
    private let moments: [RunMoment]
    /// The columns, and after them the moments.
    private let names: Schema

    /// - Parameter moment: nil where expressions do not know the time of the run.
    package init(_ input: Schema, at location: SourceLocation, moment: Timestamp? = nil) throws(PlanError) {
        try self.init(input, moment.map(RunMoment.all) ?? [], at: location)
    }

    private init(_ input: Schema, _ moments: [RunMoment], at location: SourceLocation) throws(PlanError) {
        self.input = input
        var known: [String: String] = [:]
        for field in input.fields {
            guard let twin = known.updateValue(field.name, forKey: field.name.sqlFolded) else { continue }
            throw PlanError([
                Diagnostic(
                    "the columns '\(twin)' and '\(field.name)' differ only in case, which SQL ignores",
                    at: location
                )
            ])
        }
        self.moments = moments.filter { known[$0.field.name] == nil }
        var names = input
        names.fields += self.moments.map(\.field)
        self.names = names
        do {
            connection = try LockedConnection(columns: names.fields)
        } catch {
            throw PlanError([Diagnostic("expressions over these columns: \(error.message)", at: location)])
        }
    }

    /// - Throws: every unknown column of the expression and what else is wrong with it.
    package func check(_ expression: Expression) throws(PlanError) -> CheckedExpression {
        do {
            return try compiled(expression)
        } catch {
            var refusals = refusals(of: expression, after: error)
            guard expression.node.isUnknown else { throw PlanError(refusals.map(\.problem)) }
            refusals.removeAll { $0.column?.contains(Reference.standInMark) ?? true }
            throw PlanError(refusals.map(\.problem) + [.unjudged(at: expression.location)])
        }
    }

    /// A problem of an expression.
    private struct Refusal: Error {
        let problem: Diagnostic
        /// The column that is unknown, if that is the problem.
        var column: String?
    }

    private static let shownColumns = 20

    /// All refusals: columns that are missing are added until nothing else is wrong.
    private func refusals(of expression: Expression, after first: Refusal) -> [Refusal] {
        var refusals = [first]
        var wider = input
        while let column = refusals.last?.column, refusals.count < Self.shownColumns {
            wider.fields.append(Field(column, .text, "Unknown."))
            do {
                _ = try ExpressionCompiler(wider, moments, at: expression.location).compiled(expression)
                break
            } catch let next as Refusal where next.column != column {
                refusals.append(next)
            } catch {
                break
            }
        }
        return refusals
    }

    private func compiled(_ expression: Expression) throws(Refusal) -> CheckedExpression {
        let bytes = Array(expression.sql.utf8)
        let form: SQLForm
        do {
            form = try SQLForm(bytes, knowsMoment: !moments.isEmpty)
        } catch {
            let place = expression.location(ofByte: error.offset)
            throw Refusal(problem: Diagnostic(error.message, hint: error.hint, at: place))
        }
        if let column = form.columnName(in: names) { return copy(column) }
        // An aggregate is an error only in the first form. The second shows that the expression stays inside its
        // brackets.
        try prepare("SELECT 1 FROM batch WHERE (\n", bytes, "\n)", form, expression) { _ in true }
        try prepare("SELECT (\n", bytes, "\n), 'zz_end' AS zz_end FROM batch", form, expression) { statement in
            sqlite3_column_count(statement) == 2 && String(cString: sqlite3_column_name(statement, 1)) == "zz_end"
        }
        let read = connection.columnsRead
        let lists = form.longLists
        let paces = names.fields.filter { read.contains($0.name) }.map(\.pace)
        // What compares a date gives the same on most days.
        let isSteady = form.compares || paces.allSatisfy { $0 == .never }
        return CheckedExpression(
            sql: expression.sql,
            evaluated: try evaluated(bytes, lists, expression),
            lists: lists.count,
            columns: input.fields.indices.filter { read.contains(input.fields[$0].name) },
            moments: moments.filter { read.contains($0.field.name) },
            pace: isSteady ? .never : .perhapsDaily,
            type: form.resultType,
            copiedColumn: nil,
            copiedMoment: nil
        )
    }

    /// An expression that is only a name.
    private func copy(_ position: Int) -> CheckedExpression {
        let field = names.fields[position]
        let column = position < input.fields.count ? position : nil
        let moment = column == nil ? moments[position - input.fields.count] : nil
        return CheckedExpression(
            sql: field.name.sqlName,
            evaluated: field.name.sqlName,
            lists: 0,
            columns: [column].compactMap(\.self),
            moments: [moment].compactMap(\.self),
            pace: field.pace,
            type: field.type,
            copiedColumn: column,
            copiedMoment: moment
        )
    }

    private func evaluated(
        _ sql: [UInt8],
        _ lists: [SQLForm.LongList],
        _ expression: Expression
    ) throws(Refusal) -> String {
        var text = sql
        for list in lists.reversed() {
            do {
                text.replaceSubrange(list.range, with: Array(try connection.keep(list: list.values).utf8))
            } catch {
                let place = expression.location(ofByte: list.range.lowerBound)
                throw Refusal(problem: Diagnostic(error.message, at: place))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func prepare(
        _ prefix: String,
        _ sql: [UInt8],
        _ suffix: String,
        _ form: SQLForm,
        _ expression: Expression,
        isAsExpected: (OpaquePointer) -> Bool
    ) throws(Refusal) {
        do throws(LockedConnection.PrepareFailure) {
            let statement = try connection.prepare(
                Array(prefix.utf8) + sql + Array(suffix.utf8),
                queries: 1,
                parameters: 0
            )
            defer { sqlite3_finalize(statement) }
            guard isAsExpected(statement) else {
                throw LockedConnection.PrepareFailure(message: "more than one expression", offset: nil, denial: nil)
            }
        } catch {
            let offset = error.offset.map { $0 - prefix.utf8.count }
            let message = SQLiteMessage(error, offset: offset, form: form, input: names)
            throw Refusal(problem: message.diagnostic(expression, count: sql.count), column: message.column?.name)
        }
    }
}

extension Expression {
    /// SQLite counts bytes; editors count characters.
    func location(ofByte offset: Int) -> SourceLocation {
        let before = String(decoding: Array(sql.utf8).prefix(offset), as: UTF8.self)
        return node.location(ofCharacter: before.unicodeScalars.count)
    }
}

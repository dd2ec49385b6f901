import GRDB
import Records

extension SQLiteConnection {
    func breach(_ error: any Error, in table: TableName, of rows: Schema) -> RuleBreach? {
        // A trigger may have rolled back the whole transaction.
        guard let error = error as? DatabaseError, error.resultCode == .SQLITE_CONSTRAINT, database.isInsideTransaction
        else { return nil }
        // SQLite names the object after a colon: the columns, or the check's name or condition.
        let words = error.words
        let subject = words.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? words
        let columns = subject.split(separator: ", ").map { $0.split(separator: ".").last.map(String.init) ?? "" }
        let list = columns.joined(separator: ", ")
        let without = "\(RuleBreach.leaveOut), or exclude the column with `columns:`"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY:
            return RuleBreach(
                problem: "another row has the same \(list) (unique constraint)",
                columns: columns,
                advice: without
            )
        case .SQLITE_CONSTRAINT_CHECK:
            return RuleBreach(problem: "it does not meet the check constraint \(subject)", advice: without)
        case .SQLITE_CONSTRAINT_NOTNULL:
            return RuleBreach(
                problem: "it has no \(list), which must not be empty",
                advice: "\(RuleBreach.leaveOut), or give the column a default value"
            )
        case .SQLITE_CONSTRAINT_FOREIGNKEY:
            return RuleBreach(
                problem: "a foreign key of the table, or of one that refers to it, has no match",
                advice: "load the table that it refers to first, or \(RuleBreach.leaveOut)"
            )
        default:
            return RuleBreach(
                problem: "the database says \"\(words)\"",
                advice: "check the triggers and column types of the table, or \(RuleBreach.leaveOut)"
            )
        }
    }

    @discardableResult
    func guarded(_ sql: String) throws -> Int { try execute(sql) }
}

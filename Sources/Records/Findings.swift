/// What stages found about the values of their rows.
package struct Findings: Sendable {
    /// Values that could not be made canonical.
    package var rejects: [Reject] = []
    /// How many values were accepted although they were unusual or needed a conversion.
    package private(set) var warnings: [Warning: Int] = [:]
    /// Rows with an earlier reject whose values were judged again.
    package var judgedRows: [JudgedRow] = []

    package init() {}

    package mutating func note(_ warnings: [Warning]) {
        for warning in warnings { self.warnings[warning, default: 0] += 1 }
    }

    /// Adds the findings of another branch of the same rows. A value that both reject for the same reason counts
    /// once.
    package mutating func merge(_ others: Findings) {
        let known = Set(rejects)
        rejects += others.rejects.filter { !known.contains($0) }
        warnings.merge(others.warnings, uniquingKeysWith: max)
        judgedRows += others.judgedRows
    }

    package mutating func add(_ others: Findings) {
        rejects += others.rejects
        warnings.merge(others.warnings, uniquingKeysWith: +)
        judgedRows += others.judgedRows
    }
}

import Assign
import Load
import Records

/// A plan as people see it: what would be sent, and what is left alone and why.
struct PlanTable {
    let planned: PlannedAssignment

    /// Prints the plan. A file is written only if nothing is refused.
    ///
    /// - Parameter path: the place of the plan file; nil to write none.
    func show(writingTo path: String?) throws {
        try show()
        guard let path else {
            if planned.sent > 0 { Output.note("to apply it, write it to a file: -o plan.ndjson") }
            return
        }
        try ReportFile(private: FilePlace.absolute(path)).replace(with: planned.text)
        Output.note("the plan is in \(FilePlace.absolute(path)), with a line for each device")
        if planned.sent > 0 { Output.note("next: axport assign apply \(path.asShellWord)") }
    }

    /// Prints the plan.
    ///
    /// - Throws: if the plan is refused.
    func show() throws {
        let tables = [sent, left].filter { !$0.rows.isEmpty }
        let texts = tables.map { $0.withoutEmptyColumns.text(Output.screen.tableColumns) }
        if !texts.isEmpty { try Output.answer(texts.joined(separator: "\n\n")) }
        let overdue = planned.overdueSerials
        if !overdue.isEmpty {
            let names = overdue.prefix(Self.shownSerials).joined(separator: ", ")
            let rest = overdue.count - Self.shownSerials
            let what = counted(overdue.count, "serial number is overdue", "serial numbers are overdue")
            Output.log(LogRecord(.warning, "\(what): \(names)\(rest > 0 ? " and \(rest) more" : "")"))
        }
        let left = planned.left > 0 ? "; \(planned.left) left alone" : ""
        Output.note(counted(planned.sent, "device to send", "devices to send") + left)
        if planned.sent + planned.left == 0 {
            Output.note("no rule matches a device")
        } else {
            for rule in planned.idleRules { Output.note("rule '\(rule)' applies to no device") }
        }
        if let refusal = planned.refusal { throw refusal }
    }

    private static let shownSerials = 5

    private var sent: TextTable {
        var table = TextTable(
            ["send", "rule", "from", "to", "devices"],
            [.left, .left, .left, .left, .right],
            shortening: ["send", "rule", "from", "to"]
        )
        for (group, count) in planned.groups where group.isSent {
            table.add([group.what, group.rule, group.from, group.to].map(TextTable.cell) + [String(count)])
        }
        return table
    }

    private var left: TextTable {
        var table = TextTable(
            ["leave alone because", "rule", "on", "devices"],
            [.left, .left, .left, .right],
            shortening: ["rule", "on"]
        )
        for (group, count) in planned.groups where !group.isSent {
            table.add([group.what, group.rule, group.from].map(TextTable.cell) + [String(count)])
        }
        return table
    }
}

import Inventory
import Records

/// A plan and what it is about.
package struct PlannedAssignment: Sendable {
    /// Devices with the same rule, the same places and the same decision.
    package struct Group: Sendable, Hashable {
        package let rule: String
        package let from, to: String
        /// What is sent, or why the devices are left alone.
        package let what: String
        package let isSent: Bool
    }

    let file: PlanFile
    /// Names of the rules, in their order.
    let rules: [String]
    /// Why nothing of it may be sent, nor written as a plan; nil if it is as the file and the command allow.
    package let refusal: Failure?

    init(_ file: PlanFile, rules: [String] = [], refusal: Failure?) {
        self.file = file
        self.rules = rules
        self.refusal = refusal
    }

    /// The plan file.
    package var text: String { file.text }
    package var sent: Int { file.header.send }
    package var left: Int { file.header.leave }
    package var overdue: Int { overdueSerials.count }
    package var overdueSerials: [String] { file.lines.filter { $0.left == .overdue }.map(\.serialNumber) }

    /// Names of the rules that no device comes under.
    package var idleRules: [String] {
        let used = Set(file.lines.compactMap(\.rule))
        return rules.filter { !used.contains($0) }
    }

    /// Devices to send first, each part in the order of the rules.
    package var groups: [(group: Group, count: Int)] {
        var counts: [Group: Int] = [:]
        var order: [Group] = []
        for line in file.lines {
            let group = Group(line)
            if counts[group] == nil { order.append(group) }
            counts[group, default: 0] += 1
        }
        let groups =
            rules.flatMap { rule in order.filter { $0.rule == rule } } + order.filter { !rules.contains($0.rule) }
        return (groups.filter(\.isSent) + groups.filter { !$0.isSent }).map { ($0, counts[$0] ?? 0) }
    }
}

extension PlannedAssignment.Group {
    fileprivate init(_ line: PlanLine) {
        let isAbsent = [.waiting, .overdue, .unknownSerial].contains(line.left)
        self.init(
            rule: line.rule ?? "",
            from: line.from?.name ?? (isAbsent ? "" : "no service"),
            to: line.to?.name ?? "",
            what: line.words,
            isSent: line.action != nil
        )
    }
}

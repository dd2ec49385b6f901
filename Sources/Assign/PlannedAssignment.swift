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

    let services: Services
    let file: PlanFile

    /// The plan file.
    package var text: String { file.text }
    package var sent: Int { file.header.send }
    package var overdue: Int { file.lines.count { $0.left == .overdue } }

    /// Devices to send first, each part in the order of the rules.
    package var groups: [(group: Group, count: Int)] {
        var counts: [Group: Int] = [:]
        var order: [Group] = []
        for line in file.lines {
            let group = Group(
                rule: line.rule ?? "",
                from: line.from?.name ?? "",
                to: line.to?.name ?? "",
                what: line.action?.rawValue ?? line.because ?? "",
                isSent: line.action != nil
            )
            if counts[group] == nil { order.append(group) }
            counts[group, default: 0] += 1
        }
        let groups = order.map { (group: $0, count: counts[$0] ?? 0) }
        return groups.filter(\.group.isSent) + groups.filter { !$0.group.isSent }
    }
}

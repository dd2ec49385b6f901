import Inventory
import Records

/// What devices of one activity have in common.
private struct ActivityKind: Hashable {
    let action: PlanLine.Action?
    let service, deadline: String?
}

extension [PlanLine] {
    /// The activities of a plan: devices of one deed and one service together.
    func batches(chunk: Int) -> [[PlanLine]] {
        var order: [ActivityKind] = []
        var groups: [ActivityKind: [PlanLine]] = [:]
        for line in self {
            let service = line.action == .unassign ? line.from?.id : line.to?.id
            let kind = ActivityKind(action: line.action, service: service, deadline: line.migrateBy)
            if groups[kind] == nil { order.append(kind) }
            groups[kind, default: []].append(line)
        }
        return order.flatMap { kind in
            let lines = groups[kind] ?? []
            return stride(from: 0, to: lines.count, by: chunk).map { Array(lines[$0...].prefix(chunk)) }
        }
    }
}

extension JournalItem {
    init(_ line: PlanLine) {
        self.init(
            serialNumber: line.serialNumber,
            rule: line.rule,
            origin: line.from?.service
        )
    }
}

extension ActivityIntent {
    init(_ action: PlanLine.Action, _ line: PlanLine, _ plan: PlanFile) {
        self.init(
            plan: plan.header.hash,
            action: action.rawValue,
            type: action.activityType,
            target: line.to?.service,
            deadline: line.migrateBy.flatMap(Timestamp.init(text:))
        )
    }
}

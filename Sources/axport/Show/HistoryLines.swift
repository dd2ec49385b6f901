import Inventory
import Records

/// What happened to a device, oldest first, one line each.
struct HistoryLines {
    private let history: [HistoryEntry]

    init(_ history: [HistoryEntry]) { self.history = history }

    /// Apple's time of its latest change says nothing beside the change.
    private static let bookkeeping = "updated_at"

    var lines: [String] {
        let moments = Set(history.filter { $0.column != Self.bookkeeping }.map(\.at))
        let told = history.filter { $0.column != Self.bookkeeping || !moments.contains($0.at) }
        if told.isEmpty { return [] }
        return ["History (UTC)"] + told.map { "  \(RunTable.moment($0.at))  \(Self.words($0).onOneLine)" }
    }

    private static func words(_ entry: HistoryEntry) -> String {
        let by = entry.by.map { $0.isEmpty ? "" : " by \($0)" } ?? ""
        switch entry.origin {
        case .auditLog: return "\(event(entry))\(by), says Apple's audit log"
        case .assign:
            let did = entry.verdict?.wasSent == false ? "did not send" : "sent"
            return "axport \(did) \(assignment(entry))\(by): \(entry.outcome ?? "")"
        case .inventory: return change(entry)
        }
    }

    /// The action and where it leads.
    static func assignment(_ entry: HistoryEntry) -> String { entry.kind + (entry.after.map { " to \($0)" } ?? "") }

    private static func event(_ entry: HistoryEntry) -> String {
        switch DeviceEvent.Kind(rawValue: entry.kind) {
        case .added: "added to the organization"
        case .removed: "removed from the organization" + (entry.outcome.map { " (\($0))" } ?? "")
        case .assigned: "assigned" + (entry.after.map { " to \($0)" } ?? "")
        case .unassigned: "unassigned"
        case .appleCare: "AppleCare was bought or canceled"
        case nil: entry.kind
        }
    }

    private static func change(_ entry: HistoryEntry) -> String {
        guard let column = entry.column else {
            switch entry.kind {
            case "added": return "first on Apple's list"
            case "vanished": return "missing from Apple's list: it left the organization"
            case "returned": return "on Apple's list again"
            default: return entry.kind
            }
        }
        // A list of AppleCare records is longer than a line; the records are told above.
        if column == "coverage_records" {
            return "coverage changed: \(records(entry.before)) → \(records(entry.after))"
        }
        return "\(column): \(entry.before ?? "empty") → \(entry.after ?? "empty")"
    }

    private static func records(_ json: String?) -> String {
        var count = 0
        try? JSONReader().members(Array((json ?? "[]").utf8)) { _ in count += 1 }
        return counted(count, "record")
    }
}

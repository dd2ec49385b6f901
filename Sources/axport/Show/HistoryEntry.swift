import Inventory
import Pipeline
import Records

/// Something that happened to a device, and who did it, if that is known.
struct HistoryEntry {
    enum Origin: String {
        case inventory
        case auditLog = "audit_log"
        case assign
    }

    let at: Timestamp
    let origin: Origin
    /// A word of an interface: the kind of the change, of the event, or the action of an assignment.
    let kind: String
    var column: String?
    var before: String?
    var after: String?
    /// Who did it.
    var by: String?
    /// What came of it.
    var outcome: String?
    /// Of an assignment.
    var verdict: AssignmentVerdict?

    static func all(of serial: String, in inventory: Inventory) throws -> [HistoryEntry] {
        let names = Dictionary(try inventory.services.map { ($0.id, $0.name) }) { $1 }
        let entries =
            try changes(DatasetRows(.changes, of: inventory), names)
            + inventory.events(of: serial).map(HistoryEntry.init)
            + assignments(DatasetRows(.assignmentsLog, of: inventory))
        // Equal times keep their order.
        return entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private static func changes(_ rows: DatasetRows, _ names: [String: String]) -> [HistoryEntry] {
        (0..<rows.count).map { row in
            let column = rows.text("column", row)
            func value(_ name: String) -> String? {
                let text = rows.text(name, row)
                guard column == "server_id", let text, let service = names[text] else { return text }
                return "\(service) (\(text))"
            }
            return HistoryEntry(
                at: rows.time("changed_at", row) ?? Timestamp(microseconds: 0),
                origin: .inventory,
                kind: rows.text("kind", row) ?? "",
                column: column,
                before: value("before"),
                after: value("after")
            )
        }
    }

    private static func assignments(_ rows: DatasetRows) -> [HistoryEntry] {
        (0..<rows.count).map { row in
            let user = rows.text("user", row).map { user in "\(user)@\(rows.text("host", row) ?? "")" }
            let rule = rows.text("rule", row).map { "rule '\($0)'" }
            let word = rows.text("word", row)
            let verdict = rows.text("verdict", row)
            return HistoryEntry(
                at: rows.time("recorded_at", row) ?? Timestamp(microseconds: 0),
                origin: .assign,
                kind: rows.text("action", row) ?? "",
                before: rows.text("from_name", row) ?? rows.text("from_id", row),
                after: rows.text("to_name", row) ?? rows.text("to_id", row),
                by: [user, rule].compactMap(\.self).joined(separator: ", "),
                outcome: [verdict, word].compactMap(\.self).joined(separator: ": "),
                verdict: verdict.flatMap(AssignmentVerdict.init)
            )
        }
    }
}

extension HistoryEntry {
    fileprivate init(_ event: DeviceEvent) {
        at = event.time
        origin = .auditLog
        kind = event.kind.rawValue
        after = event.kind == .assigned ? event.detail : nil
        by = event.actor?.words
        outcome = event.kind == .removed ? event.detail.map { "released by \($0)" } : nil
    }
}

extension DeviceEvent.Actor {
    /// "Jürgen Müller (user)".
    fileprivate var words: String {
        let what =
            switch type {
            case "USER": "user"
            case "API_USER": "API account"
            case "SYSTEM": "Apple"
            default: type
            }
        guard let name = name ?? id, !name.isEmpty else { return what }
        return type == "SYSTEM" ? what : "\(name) (\(what))"
    }
}

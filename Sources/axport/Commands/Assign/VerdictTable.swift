import Inventory
import Records

/// Devices with what became of them.
struct VerdictTable {
    let entries: [JournalEntry]
    /// Whether to show when each was recorded.
    var showsTime = false

    init(_ entries: [JournalEntry], showsTime: Bool = false) {
        self.entries = entries
        self.showsTime = showsTime
    }

    var text: String {
        var table = TextTable(
            ["serial number", "verdict", "word", "what", "rule", "from", "to"] + (showsTime ? ["when (UTC)"] : []),
            shortening: ["word", "rule", "from", "to"],
            leavingOut: ["rule", "from", "what", "to"],
            narrowest: 26
        )
        for entry in entries {
            let cells = [
                entry.verdict.rawValue.replacing("_", with: " "), entry.word ?? "",
                entry.action.replacing("_", with: " "), entry.rule ?? "", entry.from ?? "", entry.to ?? "",
            ]
            let time = String(entry.recordedAt.description.prefix(16).replacing("T", with: " "))
            table.add([entry.serialNumber] + cells.map(TextTable.cell) + (showsTime ? [time] : []))
        }
        return table.withoutEmptyColumns.text(Output.screen.tableColumns)
    }
}

extension TextTable {
    /// A text as a cell.
    static func cell(_ text: String) -> String { text.isEmpty ? cell(0) : text }
}

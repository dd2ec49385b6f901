import Pipeline
import Records

/// What a load would make of the device.
struct LoadLines {
    private let load: LoadStory
    private let hasLeft: Bool

    init(_ load: LoadStory, hasLeft: Bool) {
        self.load = load
        self.hasLeft = hasLeft
    }

    var lines: [String] {
        var lines = ["  \(load.name.onOneLine): \(fate)"]
        if load.hasOwnColumns, let rows = load.rows {
            for row in 0..<rows.batch.count {
                if rows.batch.count > 1 { lines.append("    row \(row + 1)") }
                for column in rows.columns {
                    guard let value = rows.batch.display(rows.batch[column, row]) else { continue }
                    lines.append("  " + StoryText.line(rows.schema.fields[column].name, value.onOneLine))
                }
            }
        }
        for reject in load.rejects {
            lines.append("    ✗ \(reject.column) '\(reject.value)': \(reject.stage) rejects it".onOneLine)
        }
        return lines
    }

    private var fate: String {
        if let stage = load.droppedBy { return "does not have it, because `\(stage.onOneLine)` drops it" }
        if hasLeft { return "has it as removed, or no longer" }
        guard let rows = load.rows else { return "does not have it" }
        return rows.batch.count == 1 ? "has it" : "has \(counted(rows.batch.count, "row")) of it"
    }
}

import Pipeline
import Records
import Transform

/// The columns of a device: what Apple sent, what became of it, and why it is empty.
struct ValueLines {
    private let story: DeviceStory

    init(_ story: DeviceStory) { self.story = story }

    /// Columns that the heading tells.
    private static let told: Set = [
        "first_seen_at", "last_seen_at", "removed_at", "server_id", "server_name", "server_type", "coverage_state",
        "coverage_checked_at", "coverage_error", "activation_lock_state", "activation_lock_type",
        "activation_lock_checked_at", Schema.sourceColumn,
    ]

    var lines: [String] {
        let transforms = story.place.file.map { "the transforms of \($0)" } ?? "the usual transforms"
        var lines = ["What Apple sent, and → what \(transforms) make of it"]
        var nothing: [String] = []
        var emptyAfter: [(stage: String, names: [String])] = []
        for column in story.columns where !Self.told.contains(column.field.name) || !column.rejects.isEmpty {
            if column.sent != nil || column.value != nil || !column.rejects.isEmpty {
                lines += Self.lines(column)
            } else if let stage = column.steps.last?.stage {
                if column.field.meaning.contains("empty if") {
                    lines += Self.lines(column)
                } else if let place = emptyAfter.firstIndex(where: { $0.stage == stage }) {
                    emptyAfter[place].names.append(column.field.name)
                } else {
                    emptyAfter.append((stage, [column.field.name]))
                }
            } else {
                nothing.append(column.field.name)
            }
        }
        for (stage, names) in emptyAfter {
            lines.append("  \(stage) has nothing for: \(names.joined(separator: ", "))")
        }
        if !nothing.isEmpty { lines.append("  Apple sent nothing for: \(nothing.joined(separator: ", "))") }
        if let end = story.endedBy {
            lines.append(
                end.batch.count == 0
                    ? "  then `\(end.filter.onOneLine)` drops the device: no load has it"
                    : "  then `\(end.filter.onOneLine)` makes \(counted(end.batch.count, "row")) of it"
            )
        }
        return lines
    }

    private static func lines(_ column: ColumnStory) -> [String] {
        let name = column.field.name
        var lines: [String] = []
        if let sent = column.sent {
            lines.append(StoryText.line(name, written(sent, of: column)))
            if let read = otherwiseRead(sent, column) {
                lines.append(StoryText.line("", "→ \(read.onOneLine) (as read)"))
            }
        }
        for (stage, value) in column.steps {
            let head = lines.isEmpty ? name : ""
            let arrow = lines.isEmpty ? "" : "→ "
            // Why it is empty follows.
            if value == nil, column.rejects.contains(where: { $0.reject.stage == stage }) { continue }
            let empty = "empty: \(ScreenPage.plain(column.field.meaning))"
            lines.append(StoryText.line(head, "\(arrow)\(value?.onOneLine ?? empty) (\(stage))"))
        }
        if lines.isEmpty { lines.append(StoryText.line(name, column.value?.onOneLine ?? "")) }
        for rejection in column.rejects {
            let reject = rejection.reject
            let left = column.value == nil ? "empty" : "without '\(reject.value.onOneLine)'"
            lines.append(
                StoryText.line("", "✗ \(left): the stage `\(reject.stage)` rejects it: \(rejection.sentence.onOneLine)")
            )
        }
        return lines
    }

    /// What was read, if it is not what Apple wrote: one value of a list, or a time in another form.
    private static func otherwiseRead(_ sent: SentValues.Value, _ column: ColumnStory) -> String? {
        guard let read = column.read, column.field.type != .textList, column.field.type != .json else { return nil }
        let seconds = 19
        let isSameTime = column.field.type == .timestamp && sent.found.text.prefix(seconds) == read.prefix(seconds)
        return sent.found.text == read || isSameTime ? nil : read
    }

    /// As Apple sent it. Quotes are shown where they tell something: in lists, and around a text that is rejected.
    private static func written(_ sent: SentValues.Value, of column: ColumnStory) -> String {
        let isPlain = sent.found.kind == .text && column.rejects.isEmpty
        return (isPlain ? sent.found.text : sent.json).onOneLine
    }
}

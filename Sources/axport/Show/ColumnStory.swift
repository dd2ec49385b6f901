import Inventory
import Pipeline
import Records
import Transform

/// A value from Apple's answer to the end of the transforms.
struct ColumnStory {
    let field: Field
    /// Nil if Apple sent nothing, or the column is not Apple's.
    let sent: SentValues.Value?
    /// As read, before any transform; nil if it is empty.
    private(set) var read: String?
    /// What transforms changed; nil for an empty value.
    private(set) var steps: [(stage: String, value: String?)] = []
    private(set) var rejects: [Rejection] = []

    /// A rejected value and the sentence why.
    struct Rejection {
        let reject: Reject
        let sentence: String
    }

    var value: String? { steps.last.map(\.value) ?? read }

    /// The columns of a device, in order, through the transforms that all loads share. Where a transform drops the device
    /// or makes several rows of it, they end.
    static func all(_ steps: ArraySlice<PreviewStep>, sent: SentValues) -> [ColumnStory] {
        var stories: [ColumnStory] = []
        for step in steps {
            guard step.batch.count <= 1 else { break }
            let isFirst = step.place.stage == nil
            for column in step.schema.fields.indices where step.batch.count == 1 {
                let field = step.schema.fields[column]
                if field.role == .hidden { continue }
                let value = step.batch.shown(column, field.type)
                if let index = stories.firstIndex(where: { $0.field.name == field.name }) {
                    if stories[index].value != value, let stage = step.place.stage {
                        stories[index].steps.append((stage, value))
                    }
                } else {
                    var story = ColumnStory(field: field, sent: isFirst ? sent[field] : nil)
                    if let stage = step.place.stage { story.steps.append((stage, value)) } else { story.read = value }
                    stories.append(story)
                }
            }
            for reject in step.rejects { stories.take(reject) }
        }
        return stories
    }

    fileprivate mutating func take(_ reject: Reject) {
        // A transform judges the elements of a list one by one.
        let isOfReading = Dataset.devices.readingStages.contains(reject.stage)
        let explanation = Explanation(
            reject.reason,
            of: sent?.found(reject.value) ?? FoundValue(text: reject.value),
            as: Explanation.Kind(named: reject.stage),
            type: isOfReading ? field.type : .text
        )
        rejects.append(Rejection(reject: reject, sentence: explanation.sentence))
    }
}

extension [ColumnStory] {
    fileprivate mutating func take(_ reject: Reject) {
        let known = firstIndex { $0.field.name == reject.column }
        if let known {
            self[known].take(reject)
        } else {
            var story = ColumnStory(field: Field(reject.column, .text, ""), sent: nil)
            story.take(reject)
            append(story)
        }
    }
}

extension Batch {
    /// The value of the only row as people read it; nil for an empty one.
    fileprivate func shown(_ column: Int, _ type: ValueType) -> String? {
        guard let text = display(self[column, 0]), !text.isEmpty else { return nil }
        guard type == .textList else { return text }
        if text == "[]" { return nil }
        var texts: [String] = []
        let isPlain = JSONText.visitPlainTexts(Array(text.utf8).span) { span in
            texts.append(span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        }
        return isPlain ? texts.joined(separator: ", ") : text
    }
}

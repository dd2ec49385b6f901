import Extract
import Inventory
import Pipeline
import Records

/// What is known of a device, as one line of JSON.
struct StoryJSON {
    private let story: DeviceStory

    init(_ story: DeviceStory) { self.story = story }

    var line: String {
        object([
            ("serial_number", .string(story.serial)), ("source", .string(story.place.source)),
            ("inventory", .string(story.place.path)), ("pipeline_file", story.place.file.map(OrderedJSON.string)),
            ("standing", .string(standing)), ("listed_at", time(story.listedAt)),
            ("refreshed", refreshed), ("device", story.device.json(0)),
            ("waiting_rules", .array(story.facts.waitingRules.map(OrderedJSON.string))),
            ("columns", .array(story.columns.map(column))),
            ("dropped_by", story.endedBy.flatMap { $0.batch.count == 0 ? .string($0.filter) : nil }),
            ("loads", .array(story.loads.map(load))),
            ("coverage", .array((0..<story.coverage.count).map(story.coverage.json))),
            ("coverage_rejects", .array(story.coverage.rejects.map { reject($0) })),
            ("other_rejects", .array(story.otherRejects.map(other))),
            ("history", .array(story.history.map(entry))),
            ("sent", .written(String(decoding: story.facts.attributes, as: UTF8.self))),
        ]).compact
    }

    private var standing: String {
        story.facts.removedAt != nil ? "left" : story.facts.isMissing ? "missing" : "present"
    }

    private var refreshed: OrderedJSON? {
        story.answer.map { answer in
            object([
                ("standing", .string("\(answer.outcome.standing)")), ("requests", .number(answer.requests)),
                (
                    "failures",
                    .array(
                        answer.outcome.failures.map { failure in
                            object([("part", .string(failure.part)), ("reason", .string(failure.reason))])
                        }
                    )
                ),
            ])
        }
    }

    private func column(_ column: ColumnStory) -> OrderedJSON {
        object([
            ("column", .string(column.field.name)), ("sent", column.sent.map { .written($0.json) }),
            ("read", column.read.map(OrderedJSON.string) ?? .null),
            (
                "steps",
                .array(
                    column.steps.map { step in
                        object([("stage", .string(step.stage)), ("value", step.value.map(OrderedJSON.string) ?? .null)])
                    }
                )
            ),
            ("value", column.value.map(OrderedJSON.string) ?? .null),
            ("rejects", .array(column.rejects.map { reject($0.reject, $0.sentence) })),
        ])
    }

    private func reject(_ reject: Reject, _ sentence: String? = nil) -> OrderedJSON {
        object([
            ("column", .string(reject.column)), ("value", .string(reject.value)), ("stage", .string(reject.stage)),
            ("code", .string(reject.reason.rawValue)), ("message", .string(sentence ?? reject.reason.meaning)),
        ])
    }

    private func other(_ reject: DeviceStory.OtherReject) -> OrderedJSON {
        object([
            ("dataset", .string(reject.dataset)), ("column", .string(reject.column)), ("value", .string(reject.value)),
            ("stage", .string(reject.stage)), ("code", .string(reject.code)), ("message", .string(reject.message)),
        ])
    }

    private func load(_ load: LoadStory) -> OrderedJSON {
        object([
            ("load", .string(load.name)), ("rows", .number(load.rows?.batch.count ?? 0)),
            ("dropped_by", load.droppedBy.map(OrderedJSON.string)),
            ("rejects", .array(load.rejects.map { reject($0) })),
        ])
    }

    private func entry(_ entry: HistoryEntry) -> OrderedJSON {
        object([
            ("at", .string(entry.at.description)), ("origin", .string(entry.origin.rawValue)),
            ("kind", .string(entry.kind)), ("column", entry.column.map(OrderedJSON.string)),
            ("before", entry.before.map(OrderedJSON.string)), ("after", entry.after.map(OrderedJSON.string)),
            ("by", entry.by.map(OrderedJSON.string)), ("outcome", entry.outcome.map(OrderedJSON.string)),
        ])
    }

    private func time(_ moment: Timestamp?) -> OrderedJSON? { moment.map { .string($0.description) } }

    /// Without members that have no value.
    private func object(_ members: [(String, OrderedJSON?)]) -> OrderedJSON {
        .object(members.compactMap { name, value in value.map { (name: name, value: $0) } })
    }
}

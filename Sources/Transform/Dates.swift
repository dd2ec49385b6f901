import Records
import Stages

struct Dates: Transformer {
    let style: DateStyle
    let columns: [ColumnName]?

    static let spec = StageSpec<any Transformer>(
        "dates",
        """
        Writes dates and times in the format that another system expects, always in UTC: `snipeit` 2026-02-28, `jira_assets` \
        02/28/2026, `servicenow` 2026-02-28 22:05:14.
        """,
        example: "dates: { style: jira_assets, columns: [ordered_at] }",
        settings: Setting("style", "Format to write."),
        Setting<[ColumnName]?>.optional("columns", "Columns to format; default: all dates and times."),
        build: Dates.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        var problems = Problems()
        var indexes: [Int] = []
        for column in columns ?? [] {
            guard let index = problems.keep(try column.index(in: input)) else { continue }
            indexes.append(index)
            if input.fields[index].isDate { continue }
            let type = input.fields[index].type.rawValue
            problems.add(
                input.extent == .whole
                    ? Diagnostic("'\(column.name)' is not a date but \(type)", at: column.location)
                    : .unjudged(at: column.location)
            )
        }
        try problems.end()
        if columns == nil { indexes = input.fields.indices.filter { input.fields[$0].isDate } }
        var output = input
        for index in indexes { output.fields[index].type = .text }
        return Bound(output: output, columns: indexes, style: style)
    }

    func outline(of input: Schema) -> Schema? {
        var output = input
        output.extent = max(output.extent, .names)
        return output
    }

    private struct Bound: BoundTransform {
        let output: Schema
        let columns: [Int]
        let style: DateStyle

        func apply(_ batch: inout Batch, findings: inout Findings) {
            var text: [UInt8] = []
            for column in columns {
                for row in 0..<batch.count {
                    text.removeAll(keepingCapacity: true)
                    switch batch[column, row] {
                    case .timestamp(let moment): style.append(Timestamp(microseconds: moment), to: &text)
                    case .date(let day): style.append(day: Int(day), to: &text)
                    default: continue
                    }
                    batch[column, row] = batch.copy(text)
                }
            }
        }
    }
}

extension Field {
    fileprivate var isDate: Bool { type == .timestamp || type == .date }
}

import Inventory
import Records
import Stages

/// Notes that a stage judges rows in which it rejected a value in an earlier run.
struct Watch {
    private let judge: Judge
    private let serials: Set<String>
    private let marks: SerialMarks
    private let column: Int?
    private let isPartial: Bool

    /// Nil if the stage has rejected nothing.
    ///
    /// - Parameters:
    ///   - input: the rows that reach the stage.
    ///   - key: the column by which its rejects name a row.
    init?(
        _ stage: String,
        over input: Schema,
        key: String? = "serial_number",
        _ known: KnownRejects,
        _ context: LoadContext
    ) {
        judge = Judge(dataset: input.name, stage: stage)
        serials = known.serials(of: judge)
        column = key.flatMap(input.index(of:))
        isPartial = context.isPartial
        if serials.isEmpty { return nil }
        marks = SerialMarks(serials)
    }

    func judgedRows(in batch: Batch) -> [JudgedRow] {
        guard let column else { return [] }
        return (0..<batch.count).compactMap { row in
            guard case .text(let text) = batch[column, row], batch.withText(text, marks.mayContain),
                let serial = batch.string(.text(text)), serials.contains(serial)
            else { return nil }
            return JudgedRow(judge, serialNumber: serial)
        }
    }

    /// What a stage has judged that has seen all its rows: values of rows without a serial number, whichever they were.
    var judgedAtTheEnd: [JudgedRow] {
        if isPartial { return [] }
        if column == nil { return serials.map { JudgedRow(judge, serialNumber: $0) } }
        return serials.contains("") ? [JudgedRow(judge, serialNumber: nil)] : []
    }
}

import Pipeline
import Records
import Stages

/// Refuses every value of a column.
struct Refuse: Transformer {
    let column: ColumnName

    static let spec = StageSpec<any Transformer>(
        "refuse",
        "Refuses a column.",
        example: "refuse: { column: color }",
        settings: Setting("column", "The column to refuse.")
    ) { (column: ColumnName) throws(PlanError) -> any Transformer in Refuse(column: column) }

    struct Bound: BoundTransform {
        let output: Schema
        let column: Int

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            for row in 0..<batch.count where !batch[column, row].isNull {
                findings.rejects.append(
                    Reject(
                        dataset: output.name,
                        serialNumber: output.index(of: "serial_number").flatMap { batch.display(batch[$0, row]) },
                        column: output.fields[column].name,
                        reason: .checksum,
                        value: batch.display(batch[column, row]) ?? "",
                        stage: "refuse"
                    )
                )
                batch[column, row] = .null
            }
        }
    }

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        do {
            return Bound(output: input, column: try column.index(in: input))
        } catch {
            throw PlanError([error])
        }
    }
}

/// Keeps the rows whose serial number begins so.
struct Keep: Transformer {
    let prefix: String

    static let spec = StageSpec<any Transformer>(
        "keep",
        "Keeps some rows.",
        example: "keep: C0",
        body: Setting("prefix", "The first letters of the serial numbers to keep.")
    ) { (prefix: String) throws(PlanError) -> any Transformer in Keep(prefix: prefix) }

    struct Bound: BoundTransform {
        let output: Schema
        let prefix: String

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            batch.select(rows: (0..<batch.count).filter { batch.display(batch[0, $0])?.hasPrefix(prefix) == true })
        }
    }

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        Bound(output: input, prefix: prefix)
    }
}

/// Drops a column.
struct Drop: Transformer {
    let column: ColumnName

    static let spec = StageSpec<any Transformer>(
        "drop",
        "Drops a column.",
        example: "drop: color",
        body: Setting("column", "The column to drop.")
    ) { (column: ColumnName) throws(PlanError) -> any Transformer in Drop(column: column) }

    struct Bound: BoundTransform {
        let output: Schema
        let kept: [Int]

        mutating func apply(_ batch: inout Batch, findings: inout Findings) { batch.select(columns: kept) }
    }

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        do {
            let dropped = try column.index(in: input)
            let kept = input.fields.indices.filter { $0 != dropped }
            var output = input
            output.fields = kept.map { input.fields[$0] }
            output.key = []
            return Bound(output: output, kept: kept)
        } catch {
            throw PlanError([error])
        }
    }
}

/// Adds columns that hold the number of the row since the run began, so that state is seen to last and to be fresh.
struct Add: Transformer {
    let columns: [String]

    static let spec = StageSpec<any Transformer>(
        "add",
        "Adds columns.",
        example: "add: { columns: [a, b] }",
        settings: Setting("columns", "Their names.")
    ) { (columns: [String]) throws(PlanError) -> any Transformer in Add(columns: columns) }

    struct Bound: BoundTransform {
        var output: Schema
        let columns: [String]
        private var count: Int64 = 0

        init(_ input: Schema, _ columns: [String]) {
            output = input
            output.fields += columns.map { Field($0, .integer, "A number.") }
            self.columns = columns
        }

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            for _ in columns { batch.appendColumn() }
            for row in 0..<batch.count {
                count += 1
                for column in columns.indices { batch[batch.columns.count - 1 - column, row] = .integer(count) }
            }
        }
    }

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform { Bound(input, columns) }
}

/// Fails at a batch.
struct Break: Transformer {
    let batch: Int

    static let spec = StageSpec<any Transformer>(
        "break",
        "Fails.",
        example: "break: { batch: 2 }",
        settings: Setting("batch", "The number of the batch, from 1.", default: 1)
    ) { (batch: Int) throws(PlanError) -> any Transformer in Break(batch: batch) }

    struct Bound: BoundTransform {
        let output: Schema
        let batch: Int
        private var count = 0

        init(output: Schema, batch: Int) {
            self.output = output
            self.batch = batch
        }

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            count += 1
            if count == self.batch { throw Failure(.badData, "break: batch \(count) does not pass") }
        }
    }

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        Bound(output: input, batch: batch)
    }
}

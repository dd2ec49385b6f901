import Records
import Stages

struct Sort: Transformer {
    let columns: [ColumnName]

    static let spec = StageSpec<any Transformer>(
        "sort",
        """
        Sorts the rows by one or more columns: text by its bytes, numbers and dates by value, empty values first. Equal \
        rows keep their order. Large sets are sorted in a temporary file, so memory does not grow.
        """,
        example: "sort: [mac]",
        body: Setting("columns", "Columns to sort by, most significant first."),
        build: Sort.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        var problems = Problems()
        let indexes = input.positions(of: columns, problems: &problems)
        if columns.isEmpty { problems.add(Diagnostic("sort needs a column", at: context.location)) }
        try problems.end()
        return Bound(output: input, columns: indexes)
    }

    func outline(of input: Schema) -> Schema? { input }

    private struct Bound: BoundTransform {
        let output: Schema
        let columns: [Int]
        /// Created with the first row, because a plan is bound several times before it runs.
        private var sorter: RowSorter?

        init(output: Schema, columns: [Int]) {
            self.output = output
            self.columns = columns
        }

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            if batch.count == 0 { return }
            let sorter = try self.sorter ?? RowSorter(keys: columns)
            self.sorter = sorter
            try sorter.add(batch)
            batch.select(rows: [])
        }

        mutating func next() throws -> Batch? {
            try sorter?.next(width: output.fields.count)
        }
    }
}

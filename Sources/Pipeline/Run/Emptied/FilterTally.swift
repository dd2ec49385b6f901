import Records
import Stages
import Synchronization

/// What one transform did with its rows, and the values that a filter saw.
final class FilterTally: Sendable {
    private struct Counts {
        var taken = 0
        var left = 0
        /// The condition, and how often each value came; by the columns that it reads.
        var condition: String?
        var values: [(column: String, counts: ValueCounts)] = []
    }

    let stage: String
    private let counts = Mutex(Counts())

    init(_ stage: String) { self.stage = stage }

    var taken: Int { counts.withLock { $0.taken } }
    var left: Int { counts.withLock { $0.left } }
    var isFilter: Bool { counts.withLock { $0.condition != nil } }

    fileprivate func begin(_ filter: (any RowFilter)?) {
        guard let filter else { return }
        counts.withLock { counts in
            counts.condition = filter.condition
            counts.values = filter.columns.map { column in
                let field = filter.output.fields[column]
                return (field.name, ValueCounts(isSecret: field.isPrivate))
            }
        }
    }

    fileprivate func take(_ batch: Batch, _ columns: [Int]) {
        counts.withLock { counts in
            counts.taken += batch.count
            for (index, column) in columns.enumerated() {
                for row in 0..<batch.count { counts.values[index].counts.add(batch.display(batch[column, row])) }
            }
        }
    }

    fileprivate func give(_ count: Int) { counts.withLock { $0.left += count } }

    /// `where: color = 'RED'` left 0 of 300 rows
    var text: String {
        counts.withLock { counts in
            let name = counts.condition.map { "\(stage): \($0.beginning(Self.mostOfCondition))" } ?? stage
            return "`\(name)` left \(counts.left) of \(counted(counts.taken, "row"))"
        }
    }

    /// The values of the columns that the filter reads.
    var values: [String] {
        counts.withLock { counts in
            counts.values.prefix(Self.mostColumns).map { "\($0.column) \($0.counts.text)" }
        }
    }

    private static let mostOfCondition = 60
    private static let mostColumns = 3
}

extension Field {
    /// Whether its values tell devices apart: they help nobody, and a message must not list them.
    fileprivate var isPrivate: Bool { role == .identifier || [.json, .timestamp, .date].contains(type) }
}

/// A transform whose rows are counted.
struct TalliedTransform: Transformer {
    let transformer: any Transformer
    let tally: FilterTally

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let transform = try transformer.bind(to: input, context: context)
        let filter = transform as? any RowFilter
        tally.begin(filter)
        return Bound(transform: transform, tally: tally, columns: filter?.columns ?? [])
    }

    private struct Bound: BoundTransform {
        var transform: any BoundTransform
        let tally: FilterTally
        let columns: [Int]

        var output: Schema { transform.output }

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            tally.take(batch, columns)
            try transform.apply(&batch, findings: &findings)
            tally.give(batch.count)
        }

        mutating func next() throws -> Batch? {
            let batch = try transform.next()
            if let batch { tally.give(batch.count) }
            return batch
        }
    }
}

import Records

/// Changes rows between the inventory and a destination. Pure: no clock, no network.
package protocol Transformer: Sendable {
    /// Checks the transform against its input columns; reads no rows.
    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform
    /// The columns that it gives, as its settings name them, if it cannot be bound; nil if they name none.
    func outline(of input: Schema) -> Schema?
}

extension Transformer {
    package func outline(of input: Schema) -> Schema? { nil }
}

/// The context of a transform.
package struct BindContext: Sendable {
    /// The moment that counts as the current time: the command's start, or what `--at` says.
    package let moment: Timestamp
    /// The transform's place in the pipeline file, for problems of the whole transform.
    package let location: SourceLocation

    package init(moment: Timestamp, location: SourceLocation) {
        self.moment = moment
        self.location = location
    }
}

/// A transform bound to its columns. It has its own state; each run has its own copy.
package protocol BoundTransform {
    var output: Schema { get }
    mutating func apply(_ batch: inout Batch, findings: inout Findings) throws
    /// Rows held back until all rows were seen; nil if there are no more. Call it after the last ``apply``.
    mutating func next() throws -> Batch?
}

/// A transform that keeps the rows for which a condition is true.
package protocol RowFilter: BoundTransform {
    /// As the pipeline file writes it.
    var condition: String { get }
    /// Positions of the columns that it reads.
    var columns: [Int] { get }
}

extension BoundTransform {
    package mutating func next() -> Batch? { nil }
}

import Records

/// Changes rows on their way from the inventory to a destination. Pure: no clock, no network.
package protocol Transformer: Sendable {
    /// Checks the transform against its input columns; nothing is read yet.
    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform
}

/// What a transform may know of the run.
package struct BindContext: Sendable {
    /// The moment that stands for "now".
    package let startedAt: Timestamp
    /// Where the pipeline file asks for the transform: the place of what is wrong with it as a whole.
    package let location: SourceLocation

    package init(startedAt: Timestamp, location: SourceLocation) {
        self.startedAt = startedAt
        self.location = location
    }
}

/// A transform that knows its columns. State lives here, one copy per run.
package protocol BoundTransform {
    var output: Schema { get }
    mutating func apply(_ batch: inout Batch, findings: inout Findings) throws
    /// Rows that waited until all rows had been seen; call it after the last ``apply``; nil if there are no more.
    mutating func next() throws -> Batch?
}

extension BoundTransform {
    package mutating func next() -> Batch? { nil }
}

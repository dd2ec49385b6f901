/// A stage and the dataset whose values it judges.
package struct Judge: Sendable, Hashable {
    package let dataset: String
    package let stage: String

    package init(dataset: String, stage: String) {
        self.dataset = dataset
        self.stage = stage
    }
}

/// That a stage judged a row: what it rejected there before is settled, whether or not it rejected it again.
package struct JudgedRow: Sendable, Hashable {
    package let judge: Judge
    /// Nil for all rows together, if they have no serial number where the stage sees them.
    package let serialNumber: String?

    package init(_ judge: Judge, serialNumber: String?) {
        self.judge = judge
        self.serialNumber = serialNumber
    }
}

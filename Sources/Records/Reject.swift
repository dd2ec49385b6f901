/// A value that could not be made canonical. Its row is kept; the value goes to the dataset `rejects`.
package struct Reject: Sendable, Hashable {
    package var dataset: String
    package var serialNumber: String?
    package var column: String
    package var reason: Reason
    package var value: String
    package var stage: String

    package init(
        dataset: String,
        serialNumber: String?,
        column: String,
        reason: Reason,
        value: String,
        stage: String
    ) {
        self.dataset = dataset
        self.serialNumber = serialNumber
        self.column = column
        self.reason = reason
        self.value = value
        self.stage = stage
    }
}

import Pipeline
import Records

/// How a row becomes bytes in a file.
protocol RowFormat: Sendable {
    /// What stands before the first row.
    var preamble: [UInt8] { get }
    func append(_ batch: Batch, to output: inout [UInt8]) throws
}

/// What a file does with the rows of devices that left the organisation.
enum RemovedRows: String, SettingValue, CaseIterable {
    case skip, include
}

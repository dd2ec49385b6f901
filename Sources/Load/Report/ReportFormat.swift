import Records
import Synchronization

/// The form of a file that has no rows, only a page about them.
struct ReportFormat: RowFormat {
    private let press: ReportPress

    init(_ press: ReportPress) { self.press = press }

    var postamble: [UInt8] { Array(press.page.utf8) }

    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) {}
}

/// Holds the page from the moment when all rows are counted until the file is written.
final class ReportPress: Sendable {
    private let text = Mutex("")

    var page: String {
        get { text.withLock { $0 } }
        set { text.withLock { $0 = newValue } }
    }
}

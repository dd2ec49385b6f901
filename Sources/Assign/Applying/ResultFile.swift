import Records

/// Apple's result file of an activity: a hint, never a proof. Apple does not document its columns.
struct ResultFile: Sendable {
    /// What the file says of a device, in Apple's words, such as `ISSUE OPERATION_NOT_ALLOWED`.
    struct Word: Sendable, Hashable {
        let status: String
        let detail: String

        /// Whether Apple says that it did what was asked.
        var isSuccess: Bool { status == "SUCCESS" || detail.hasPrefix("UPDATE") }
        var text: String { [status, detail].filter { !$0.isEmpty }.joined(separator: " ") }
    }

    /// By serial number. Devices without a row are missing.
    let words: [String: Word]

    /// Reads what can be read. Lines before the header describe the activity.
    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self).trimmingPrefix("\u{FEFF}")
        var header: [String]?
        var words: [String: Word] = [:]
        for record in CSVRecords(String(text)) {
            guard let names = header else {
                let names = record.map { $0.lowercased() }
                if names.contains(Self.serial) { header = names }
                continue
            }
            func cell(_ name: String) -> String {
                names.firstIndex { $0.hasSuffix(name) }.flatMap { $0 < record.count ? record[$0] : nil } ?? ""
            }
            let serial = cell(Self.serial)
            guard !serial.isEmpty else { continue }
            words[serial] = Word(
                status: cell("operation_status").controlsVisible,
                detail: cell("operation_substatus").controlsVisible
            )
        }
        self.words = words
    }

    private static let serial = "serial_number"
}

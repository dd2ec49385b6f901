/// What is read about a device, in the order of the query's columns. Each stage that adds columns to the dataset
/// `devices` has its own here. Columns of optional stages come last.
enum DeviceColumn: Int32, CaseIterable {
    case id, serial, attributes, firstSeen, listing, refreshed, removed
    case server
    case coverage, coverageChecked, coverageError
    case lock, lockChecked, lockError

    /// An expression over the tables of ``DeviceRows``.
    var sql: String {
        switch self {
        case .id: "device.id"
        case .serial: "serial"
        case .attributes: "device.attributes"
        case .firstSeen: "first_seen_at"
        case .listing: "seen.listing"
        case .refreshed: "refreshed_at"
        case .removed: "removed_at"
        case .server: "assignment.server"
        case .coverage: "coverage.answer"
        case .coverageChecked: "coverage.checked_at"
        case .coverageError: "coverage.error"
        case .lock: "lock.answer"
        case .lockChecked: "lock.checked_at"
        case .lockError: "lock.error"
        }
    }

    /// The same for a device whose removal was accepted, in its last state.
    var sqlWhereAccepted: String {
        switch self {
        case .attributes: "assignment.attributes"
        case .removed: "NULL"
        default: sql
        }
    }

    /// The dataset's column that receives the text unchanged.
    var text: String? {
        switch self {
        case .serial: "serial_number"
        case .coverage: "coverage_records"
        default: nil
        }
    }

    /// The dataset's column that receives the time.
    var time: String? {
        switch self {
        case .firstSeen: "first_seen_at"
        case .removed: "removed_at"
        case .coverageChecked: "coverage_checked_at"
        case .lockChecked: "activation_lock_checked_at"
        default: nil
        }
    }

    var isOfLock: Bool { rawValue >= Self.lock.rawValue }
}

extension StatementRow {
    func bytes(_ column: DeviceColumn) -> UnsafeBufferPointer<UInt8>? { bytes(column.rawValue) }
    func text(_ column: DeviceColumn) -> String? { text(column.rawValue) }
    func integer(_ column: DeviceColumn) -> Int64? { integer(column.rawValue) }
}

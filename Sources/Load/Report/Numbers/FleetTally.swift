import Records

/// Counts devices, batch by batch. Memory does not grow with the fleet.
struct FleetTally: Sendable {
    let columns: FleetColumns
    let today: Int32
    private let age: DeviceAge
    /// Devices in the organization, and those that left.
    private(set) var devices = 0
    private(set) var removed = 0
    private(set) var families = CountTable()
    private(set) var services = CountTable()
    private(set) var capacities = CountTable()
    /// By whole years; the last one counts devices whose age is not known.
    private(set) var ages = [Int](repeating: 0, count: DeviceAge.unknown + 1)
    private(set) var coverage: CoverageTally

    /// - Parameter today: the day of the report, counted from 1970-01-01.
    init(_ columns: FleetColumns, today: Int32) {
        self.columns = columns
        self.today = today
        age = DeviceAge(today: Int(today))
        coverage = CoverageTally(columns, today: today)
    }

    static let notGiven = "not given"

    mutating func add(_ batch: Batch) {
        if batch.isRemoved {
            removed += batch.count
            return
        }
        devices += batch.count
        for row in 0..<batch.count {
            let family = batch.shortText(columns.family, row) ?? Self.notGiven
            families.add(family)
            if columns.service != nil || columns.status != nil { services.add(service(of: row, in: batch)) }
            if columns.capacity != nil { capacities.add(batch.shortText(columns.capacity, row) ?? Self.notGiven) }
            ages[years(of: row, in: batch)] += 1
            if columns.coverageState != nil { coverage.add(row, of: batch, family: family) }
        }
    }

    private func service(of row: Int, in batch: Batch) -> String {
        if let name = batch.shortText(columns.service, row) { return name }
        if batch.equals(columns.status, row, "UNASSIGNED") { return "no service" }
        if batch.equals(columns.status, row, "ASSIGNED") {
            return columns.service == nil ? "assigned" : "assigned, but the service is not known"
        }
        return "not known"
    }

    /// Apple's day of the order is none if somebody added the device by hand.
    private func years(of row: Int, in batch: Batch) -> Int {
        guard let column = columns.orderedAt, case .timestamp(let moment) = batch[column, row],
            !batch.equals(columns.purchaseSource, row, "MANUALLY_ADDED")
        else { return DeviceAge.unknown }
        return age.years(since: Int(Timestamp(microseconds: moment).daysSince1970))
    }
}

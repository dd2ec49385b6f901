import Inventory
import Pipeline
import Records
import Stages
import Transform

/// All that is known of a device in one organization.
struct DeviceStory {
    let place: DevicePlace
    let serial: String
    let facts: DeviceFacts
    /// When Apple's list of devices was last read to its end.
    let listedAt: Timestamp?
    let columns: [ColumnStory]
    /// The stage of the shared transforms that drops the device, or makes several rows of it.
    let endedBy: PreviewStep?
    let loads: [LoadStory]
    /// The device with the columns of all extract stages.
    let device: DatasetRows
    let coverage: DatasetRows
    /// Rejects that runs have stored and the transforms here do not show, such as those of a database.
    let otherRejects: [OtherReject]
    let history: [HistoryEntry]
    /// Nil if Apple was not asked just now.
    var answer: DeviceRefresher.Answer?

    struct OtherReject {
        let dataset, stage, column, value, code, message: String
    }

    /// - Parameter inventory: one of this device only, which is changed.
    /// - Returns: nil if the device is not in it.
    init?(_ serial: String, in inventory: Inventory, _ place: DevicePlace, startedAt: Timestamp) async throws {
        guard let facts = try inventory.facts(of: serial) else { return nil }
        self.place = place
        self.serial = serial
        self.facts = facts
        listedAt = try inventory.lastCompleteListing
        let additions = ["assignments", "coverage", "activation_lock"].flatMap(Schema.fields(addedBy:))
        device = try DatasetRows(.devices, of: inventory, adding: additions)
        coverage = try DatasetRows(.coverage, of: inventory)
        history = try HistoryEntry.all(of: serial, in: inventory)
        // The transforms store what they reject, so this is read before.
        let stored = try DatasetRows(.rejects, of: inventory)
        let steps = try await place.plan.preview(inventory, rows: 1, startedAt: startedAt, onlyDevices: true)
        let shared = steps.prefix { $0.place.load == nil }
        endedBy = shared.first { $0.batch.count != 1 && $0.place.stage != nil }
        columns = ColumnStory.all(shared, sent: try SentValues(facts.attributes))
        let dropped = endedBy.flatMap { $0.batch.count == 0 ? $0.filter : nil }
        loads = place.file == nil ? [] : LoadStory.all(steps, droppedBefore: dropped)
        otherRejects = stored.others(besides: steps.flatMap(\.rejects) + coverage.rejects)
    }

    /// Columns of which a value was rejected.
    var rejected: [ColumnStory] { columns.filter { !$0.rejects.isEmpty } }
}

extension DatasetRows {
    /// Stored rejects that are not among these.
    fileprivate func others(besides rejects: [Reject]) -> [DeviceStory.OtherReject] {
        let known = Set(rejects.map { [$0.dataset, $0.column, $0.value, $0.stage] })
        return (0..<count).compactMap { row in
            func text(_ column: String) -> String { self.text(column, row) ?? "" }
            let key = [text("dataset"), text("column"), text("value"), text("stage")]
            if known.contains(key) { return nil }
            let why = Reason(rawValue: text("code")).map { reason in
                Explanation(reason, of: FoundValue(text: key[2]), as: Explanation.Kind(named: key[3])).sentence
            }
            return DeviceStory.OtherReject(
                dataset: key[0],
                stage: key[3],
                column: key[1],
                value: key[2],
                code: text("code"),
                message: why ?? text("message")
            )
        }
    }
}

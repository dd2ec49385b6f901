import Inventory
import Records
import Transform

/// Compares devices with what they were at a moment: by the first value before and the last value after each change,
/// so that what changed and changed back is no difference.
package struct DeviceComparison {
    private let since, now: Timestamp
    private var attributes = AttributeReader(schema: Self.schema, stage: "devices")
    private var list = CoverageList()

    private static let schema: Schema = {
        let names = ["device_model", "product_family", "released_from_org_at"]
        var schema = Schema.devices
        schema.fields = names.compactMap { schema.index(of: $0).map { schema.fields[$0] } }
        return schema
    }()

    /// Columns in which Apple keeps its books. A device that came, left, or moved differs in them anyway.
    private static let bookkeeping: Set = ["updated_at", "added_to_org_at", "released_from_org_at"]

    package init(since: Timestamp, now: Timestamp) {
        self.since = since
        self.now = now
    }

    /// - Parameter serviceName: the name of a service, for its ID.
    package mutating func differences(
        of device: DeviceHistory,
        serviceName: (String) -> String
    ) throws -> [Difference] {
        // Most devices of a fleet: nothing more is read of them.
        if device.changes.isEmpty, try !hasOtherRank(device) { return [] }
        let draft = try draft(device)
        let presence = Presence(device)
        var found = presence.kinds.map { presence.difference($0, device, draft) }
        if presence.isNewToday || device.removedAt != nil { return found }
        let move = presence.kinds.isEmpty ? moves(device, draft, serviceName) : []
        found += move
        found += try coverage(device, draft)
        found += values(device, draft, without: presence.kinds.isEmpty && move.isEmpty ? [] : ["status"])
        return found
    }

    /// Whether a date has passed that ends or begins the coverage.
    private mutating func hasOtherRank(_ device: DeviceHistory) throws -> Bool {
        guard let answer = device.coverage else { return false }
        try list.read(answer.span)
        let moments = [since, now].map { CoverageState.Rank(list.summary(at: $0, orderedOn: nil)) }
        return moments[0] != moments[1]
    }

    /// What all differences of a device have in common.
    private func draft(_ device: DeviceHistory) throws -> Draft {
        var batch = Batch(width: Self.schema.fields.count)
        var rejects: [Reject] = []
        batch.appendRow()
        try device.attributes.withUnsafeBufferPointer {
            try attributes.read($0, into: &batch, row: 0, serialNumber: device.serialNumber, rejects: &rejects)
        }
        return Draft(
            serialNumber: device.serialNumber,
            model: batch.display(batch[0, 0]),
            family: batch.display(batch[1, 0]),
            releasedAt: batch.display(batch[2, 0])
        )
    }

    private func moves(_ device: DeviceHistory, _ draft: Draft, _ serviceName: (String) -> String) -> [Difference] {
        let changes = device.changes.filter { $0.kind == "reassigned" }
        guard let first = changes.first, let last = changes.last, first.before != last.after else { return [] }
        return [
            draft.difference(
                .moved,
                "server_name",
                first.before.map(serviceName),
                last.after.map(serviceName),
                at: last.time
            )
        ]
    }

    private mutating func coverage(_ device: DeviceHistory, _ draft: Draft) throws -> [Difference] {
        let changes = device.changes.filter { $0.kind == Facet.coverage.rawValue }
        let former = changes.first.map { $0.before.map { Array($0.utf8) } } ?? device.coverage
        let before = try CoverageState(former, at: since, reading: &list)
        let after = try CoverageState(device.coverage, at: now, reading: &list)
        let kind = after.kind(after: before)
        // A date that has passed is told if it ends or begins the coverage.
        if changes.isEmpty, kind == .changed { return [] }
        let columns = zip(before.columns, after.columns).filter { old, new in
            old.value != new.value && (kind == .changed || CoverageState.essential.contains(new.name))
        }
        return columns.map { old, new in
            draft.difference(kind, new.name, old.value, new.value, at: changes.last?.time ?? now)
        }
    }

    private func values(_ device: DeviceHistory, _ draft: Draft, without left: Set<String>) -> [Difference] {
        var columns: [String] = []
        var changes: [String: (before: String?, after: String?, time: Timestamp)] = [:]
        for change in device.changes {
            guard let (column, before, after) = Self.value(change), !Self.bookkeeping.contains(column),
                !left.contains(column)
            else { continue }
            if changes[column] == nil { columns.append(column) }
            changes[column] = (changes[column].map(\.before) ?? before, after, change.time)
        }
        return columns.compactMap { column in
            guard let change = changes[column], change.before != change.after else { return nil }
            return draft.difference(.changed, column, change.before, change.after, at: change.time)
        }
    }

    /// The column of a changed value. Locks are recorded as Apple's answers.
    private static func value(_ change: RecordedChange) -> (column: String, before: String?, after: String?)? {
        switch change.kind {
        case "updated", "released": change.column.map { ($0, change.before, change.after) }
        case Facet.activationLock.rawValue:
            ("activation_lock_state", LockState.word(for: change.before), LockState.word(for: change.after))
        default: nil
        }
    }
}

/// What all differences of a device have in common.
struct Draft {
    let serialNumber: String
    let model, family: String?
    let releasedAt: String?

    func difference(
        _ kind: Difference.Kind,
        _ column: String? = nil,
        _ before: String? = nil,
        _ after: String? = nil,
        at time: Timestamp
    ) -> Difference {
        Difference(
            kind: kind,
            serialNumber: serialNumber,
            model: model,
            family: family,
            column: column,
            before: before,
            after: after,
            seenAt: time
        )
    }
}

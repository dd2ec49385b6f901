/// The devices of a batch: those of a phase, in an order, after a position.
struct DeviceQuery {
    /// A condition for the devices of the phase.
    let presence: String
    /// The load whose accepted removals are read.
    private(set) var load: StatementValue?
    /// The column that the rows are sorted by, and its value in the last row before the batch.
    let key: String
    let position: StatementValue

    private let serials: StatementValue?

    init(
        _ phase: DatasetReader.Phase,
        of selection: RowSelection,
        order: RowOrder,
        after: DatasetReader.Position
    ) {
        serials = selection.serialsJSON
        let named = serials == nil ? "" : " AND \(RowSelection.condition)"
        switch phase {
        case .present: presence = "device.removed_at IS NULL\(named)"
        case .removed: presence = "device.removed_at IS NOT NULL\(named)"
        case .accepted(let load):
            presence = """
                device.removed_at IS NOT NULL AND device.id IN \
                (SELECT accepted.id FROM accepted JOIN owed USING (acceptance) WHERE owed.load = ?)\(named)
                """
            self.load = .text(load)
        }
        switch order {
        case .firstSeen: (key, position) = ("device.id", .integer(after.id))
        case .serial: (key, position) = ("serial", .text(after.text))
        }
    }

    /// The values that ``presence`` needs.
    var values: [StatementValue] { [load, serials].compactMap(\.self) }
}

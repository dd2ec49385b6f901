import Pipeline
import Records

/// What a load of the pipeline file would make of the device.
struct LoadStory {
    /// Its stage and destination.
    let name: String
    /// The rows that it would write.
    let rows: PreviewStep?
    /// The stage that dropped the device, with its condition.
    let droppedBy: String?
    /// Whether its own transforms change or add columns.
    let hasOwnColumns: Bool
    let rejects: [Reject]

    static func all(_ steps: [PreviewStep], droppedBefore: String?) -> [LoadStory] {
        var names: [String] = []
        for step in steps {
            if let load = step.place.load, !load.isEmpty, !names.contains(load) { names.append(load) }
        }
        return names.map { name in
            let own = steps.filter { $0.place.load == name }
            let dropping = own.first { $0.rowsBefore > 0 && $0.batch.count == 0 && $0.place.stage != nil }
            return LoadStory(
                name: name,
                rows: own.last.flatMap { $0.place.stage == nil && $0.batch.count > 0 ? $0 : nil },
                droppedBy: droppedBefore ?? dropping?.filter,
                hasOwnColumns: own.contains { $0.place.stage != nil && $0.condition == nil },
                rejects: own.flatMap(\.rejects)
            )
        }
    }
}

extension PreviewStep {
    /// `where: status = 'ASSIGNED'`
    var filter: String { condition.map { "\(place.stage ?? ""): \($0)" } ?? place.stage ?? "" }
}

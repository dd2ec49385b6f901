import Pipeline
import Records
import Stages

/// Finds the rules that match devices, a batch of rows at a time.
struct RuleMatcher {
    /// The rules of a device. Numbers are ascending.
    struct Match {
        var matching: [Int] = []
        /// Rules whose list names the device.
        var listed: [Int] = []
        var isProtected = false
    }

    private let lists: [Set<String>?]
    private var conditions: [(any BoundTransform)?]
    private var protect: (any BoundTransform)?
    private let serialColumn: Int

    init(_ settings: AssignSettings, over columns: Schema, startedAt: Timestamp) throws {
        guard let column = columns.index(of: "serial_number") else {
            throw Failure(.pipelineInvalid, "rules need the column 'serial_number', and the transforms drop it")
        }
        serialColumn = column
        lists = settings.rules.map { $0.serials.map { Set($0.serials) } }
        conditions = try settings.rules.map { try $0.condition?.bind(to: columns, at: startedAt) }
        protect = try settings.protect?.bind(to: columns, at: startedAt)
    }

    /// The devices of a batch that a rule matches, by serial number.
    mutating func matches(in batch: Batch) throws -> [String: Match] {
        let serials = Set(self.serials(of: batch))
        var matches: [String: Match] = [:]
        for number in lists.indices {
            let listed = lists[number].map(serials.intersection)
            // A rule without a condition takes the devices of its list.
            let chosen = try conditions[number].take().map { condition in
                var condition = condition
                defer { conditions[number] = condition }
                return try kept(of: batch, by: &condition)
            }
            let both = [listed, chosen].compactMap(\.self).reduce(serials) { $0.intersection($1) }
            for serial in both {
                matches[serial, default: Match()].matching.append(number)
                if listed != nil { matches[serial]?.listed.append(number) }
            }
        }
        if var condition = protect, !matches.isEmpty {
            for serial in try kept(of: batch, by: &condition) { matches[serial]?.isProtected = true }
            protect = condition
        }
        return matches
    }

    private func kept(of batch: Batch, by condition: inout any BoundTransform) throws -> Set<String> {
        var batch = batch
        var findings = Findings()
        try condition.apply(&batch, findings: &findings)
        return Set(serials(of: batch))
    }

    private func serials(of batch: Batch) -> [String] {
        (0..<batch.count).compactMap { batch.string(batch[serialColumn, $0]) }
    }
}

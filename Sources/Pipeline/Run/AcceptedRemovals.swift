import Inventory
import Records
import Stages

/// Option `--accept-removals`: what a person accepts of a list of devices that a guard refused.
extension Plan {
    /// What a person types to run this pipeline for this source.
    var command: String { "axport run \(file)" + (isOneOfSeveral ? " --source \(source.name)" : "") }

    /// Retires what the refused list lacked, unless that is more than `most`.
    ///
    /// - Returns: what to say of it.
    func acceptRemovals(_ most: Int, in inventory: Inventory, at now: Timestamp) throws -> [String] {
        let loads = loads.indices.map(loadKey)
        if let refused = try inventory.refusedListing {
            guard let count = try inventory.acceptRefusedListing(atMost: most, loads: loads, at: now) else {
                return [
                    """
                    --accept-removals \(most): nothing was accepted, because the refused list lacks more \
                    (\(refused)); `\(command) --accept-removals \(refused.missing)` accepts that
                    """
                ]
            }
            let lacked = "that the refused list lacked"
            return ["accepted: \(counted(count, "device \(lacked) has left", "devices \(lacked) have left"))"]
        }
        let count = try inventory.oweAccepted(atMost: most, to: loads)
        return [
            count > 0
                ? "accepted before: \(counted(count, "device")); the loads of this file may take them away"
                : "--accept-removals \(most): no list of devices is refused, so there was nothing to accept"
        ]
    }

    /// What tells a load of this pipeline from the others, in this run and in later ones.
    func loadKey(_ index: Int) -> String {
        func name(_ load: LoadPlan) -> String { "\(load.origin.stage) \(load.destination)" }
        let number = loads[...index].count { name($0) == name(loads[index]) }
        return "\(self.name): \(name(loads[index])) \(number)"
    }

    /// The loads to do, with the rows that each may lose because a person accepted it.
    func pending(_ chosen: (LoadPlan) -> Bool, from inventory: Inventory, context: LoadContext) throws -> [PendingLoad]
    {
        try loads.indices.filter { chosen(loads[$0]) }.map { index in
            let key = loadKey(index)
            guard [.devices, .coverage].contains(loads[index].dataset), try inventory.isOwed(key) else {
                return PendingLoad(loads[index])
            }
            let rows = try acceptedRows(for: loads[index], key, from: inventory, context: context)
            return PendingLoad(loads[index], key: key, permitted: rows)
        }
    }

    /// Rows of accepted devices as the load last had them.
    private func acceptedRows(
        for load: LoadPlan,
        _ key: String,
        from inventory: Inventory,
        context: LoadContext
    ) throws -> [Batch] {
        let schema = load.dataset == .devices ? devices : load.dataset.schema
        let steps = (load.dataset == .devices ? transforms : []) + load.transforms
        var reader = DatasetReader(inventory, load.dataset, devices: devices, order: load.order, acceptedFor: key)
        var chain = try Chain(steps, from: schema, context: context, progress: nil)
        var findings = Findings()
        var batches: [Batch] = []
        func keep(_ batch: Batch) {
            var batch = batch
            batch.select(columns: load.columns)
            if batch.count > 0 { batches.append(batch) }
        }
        while var batch = try reader.next(rejects: &findings.rejects) {
            try chain.apply(&batch, findings: &findings)
            keep(batch)
        }
        while let batch = try chain.next(&findings) { keep(batch) }
        return batches
    }
}

extension RunReport {
    /// Says of a refused list that it stands, where this run did not come to judge another one.
    mutating func noteRefusedList(in inventory: Inventory, _ progress: RunProgress) {
        guard let refused = try? inventory.refusedListing else { return }
        let isSaid = progress.stages.contains { $0.name == "devices" && $0.failure?.refusal != nil }
        if !isSaid { notes.append("the list of devices is refused: \(refused); none was retired") }
    }
}

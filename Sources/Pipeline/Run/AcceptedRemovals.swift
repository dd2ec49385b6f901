import Inventory
import Records
import Stages

/// Option `--accept-removals`: how many devices of a refused list a person accepts as removed.
extension Plan {
    /// The command that runs this pipeline for this source.
    var command: String {
        if pipeline.isOfCommand { return "axport \(file)" }
        return "axport run \(file.asShellWord)" + (isOneOfSeveral ? " --source \(source.name.asShellWord)" : "")
    }

    /// Retires the devices that the refused list lacks, unless there are more than the option allows.
    ///
    /// - Returns: a note for the report.
    func acceptRemovals(_ options: RunOptions, in inventory: Inventory, at now: Timestamp) throws -> [String] {
        guard let most = options.acceptRemovals else { return [] }
        let loads = loads.indices.map(loadKey)
        if let refused = try inventory.refusedListing {
            guard let count = try inventory.acceptRefusedListing(atMost: most, loads: loads, at: now) else {
                return [
                    """
                    --accept-removals \(most): nothing was accepted, because the refused list lacks more \
                    devices (\(refused)); `\(command) --accept-removals \(refused.missing)` accepts them
                    """
                ]
            }
            let lacked = "that the refused list lacked"
            return ["accepted: \(counted(count, "device \(lacked) has left", "devices \(lacked) have left"))"]
        }
        let count = try inventory.oweAccepted(atMost: most, to: loads)
        return [
            count > 0
                ? "accepted before: \(counted(count, "device")); the loads of this file may retire them"
                : "--accept-removals \(most): no list of devices is refused, so nothing was accepted"
        ]
    }

    /// Identifies a load of this pipeline, in this run and in later ones.
    func loadKey(_ index: Int) -> String {
        func name(_ load: LoadPlan) -> String { "\(load.origin.stage) \(load.destination)" }
        let number = loads[...index].count { name($0) == name(loads[index]) }
        return "\(self.name): \(name(loads[index])) \(number)"
    }

    /// The loads to run, with the rows that each may lose because a person accepted it.
    func pending(
        _ chosen: (LoadPlan) -> Bool,
        from inventory: Inventory,
        context: LoadContext
    ) async throws -> [PendingLoad] {
        var pending: [PendingLoad] = []
        for (index, load) in loads.enumerated() where chosen(load) {
            let key = loadKey(index)
            if load.dataset.followsDevices, try inventory.isOwed(key) {
                let rows = try await acceptedRows(for: load, key, from: inventory, context: context)
                pending.append(PendingLoad(load, key: key, permitted: rows))
            } else {
                pending.append(PendingLoad(load))
            }
        }
        return pending
    }

    /// Rows of accepted devices, as the load last had them.
    private func acceptedRows(
        for load: LoadPlan,
        _ key: String,
        from inventory: Inventory,
        context: LoadContext
    ) async throws -> [Batch] {
        var rows = try self.rows(
            of: load.dataset,
            from: inventory,
            order: load.order,
            acceptedFor: key,
            context: context
        )
        var own = try Chain(load.transforms, from: rows.output, context: context, progress: nil)
        var findings = Findings()
        var batches: [Batch] = []
        func keep(_ batch: Batch) {
            var batch = batch
            batch.select(columns: load.columns)
            if batch.count > 0 { batches.append(batch) }
        }
        do {
            while var batch = try await rows.next(&findings) {
                try own.apply(&batch, findings: &findings)
                keep(batch)
            }
        } catch {
            await rows.end()
            throw error
        }
        await rows.end()
        while let batch = try own.next(&findings) { keep(batch) }
        return batches
    }
}

extension RunReport {
    /// Adds a note about a refused list if this run judged no other list.
    mutating func noteRefusedList(in inventory: Inventory, _ progress: RunProgress) {
        guard let refused = try? inventory.refusedListing else { return }
        let isSaid = progress.stages.contains { $0.kind == .extract && $0.failure?.refusal != nil }
        if !isSaid { notes.append("the list of devices is refused: \(refused); no device was retired") }
    }
}

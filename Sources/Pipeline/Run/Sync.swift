import Inventory
import Records
import Stages

extension Plan {
    /// Updates the inventory and records the rate that Apple allowed.
    package func sync(
        _ inventory: Inventory,
        _ options: RunOptions,
        startedAt: Timestamp,
        progress: RunProgress,
        connect: Connect
    ) async throws {
        if options.offline {
            guard try inventory.lastCompleteListing != nil else { throw nothingToLoad(in: try inventoryPath) }
            return
        }
        try requireList(in: inventory)
        if options.full { try inventory.forgetAges() }
        let api = try await connect(source)
        await api.begin(pace: try inventory.learnedRate, deadline: deadline(options), lease: lease)
        let extraction = Extraction(
            self,
            EarlyStage(of: self, options, api),
            SyncContext(
                api: api,
                inventory: inventory,
                startedAt: startedAt,
                limit: options.limit,
                serials: options.selection.serials,
                platform: source.platform,
                command: command,
                meter: StageMeter()
            ),
            progress
        )
        let isNew = try inventory.openRound(at: startedAt) == nil
        let end = try await extraction.run()
        // A run for named devices continues a round, but leaves none: the next run reads all lists.
        if options.selection.serials != nil, isNew { try inventory.abandonRound() }
        let learned = await api.learnedRate
        progress.note(await api.limitsMet)
        await api.close()
        if let learned { try inventory.record(learnedRate: learned) }
        if Task.isCancelled { throw CancellationError() }
        switch end {
        case .stopped(let error): throw error
        case .done: if options.selection.serials == nil { try inventory.endRound(at: startedAt) }
        case .toBeContinued: break
        }
    }

    func nothingToLoad(in inventoryPath: String) -> Failure {
        withoutList("--offline: the inventory \(inventoryPath)", listsDevices ? "run once without --offline" : nil)
    }

    private var listsDevices: Bool { extract.contains { $0.stage.isEssential } }

    /// A pipeline that does not list devices loads those that another has listed.
    private func requireList(in inventory: Inventory) throws {
        guard !listsDevices, loads.contains(where: \.dataset.followsDevices),
            try inventory.lastCompleteListing == nil
        else { return }
        let path = try inventoryPath
        throw withoutList("the inventory \(path)")
    }

    private func withoutList(_ inventory: String, _ advice: String? = nil) -> Failure {
        let other = "add the extract stage 'devices', or first run a pipeline that has it and uses the same inventory"
        return Failure(.badData, "\(inventory) has no complete list of devices", advice: advice ?? other)
    }

    /// The run's own deadline, or that of the whole command, whichever comes first.
    private func deadline(_ options: RunOptions) -> RunDeadline? {
        guard let maxTime = source.maxTime else { return options.deadline }
        let own = RunDeadline(instant: .now + .seconds(maxTime.seconds), setting: "max_time \(maxTime)")
        return [own, options.deadline].compactMap { $0 }.min { $0.instant < $1.instant }
    }
}

import Inventory
import Pipeline
import Records
import Stages

/// Opens a connection that may create activities, beside the one that reads.
package typealias ConnectToAct =
    @Sendable (SourceSettings) async throws -> (api: any AppleAPI, activities: any ActivityAPI)

/// What `axport assign` does with a file and one source.
package struct AssignJob: Sendable {
    package let plan: Plan
    let settings: AssignSettings
    private let patience: Duration
    private let waits: ApplyWaits

    /// - Parameter waits: nil for those of the file.
    /// - Throws: if the file has no rules.
    package init(_ plan: Plan, patience: Duration, waits: ApplyWaits? = nil) throws(Failure) {
        guard let settings = plan.assign else {
            throw Failure(
                .pipelineInvalid,
                "\(plan.file) has no section 'assign'",
                advice: "add rules, or use `axport run` for a file with loads"
            )
        }
        self.plan = plan
        self.settings = settings
        self.patience = patience
        self.waits =
            waits
            ?? ApplyWaits(
                activity: Double(settings.activityWait.seconds),
                lists: Double(settings.listWait.seconds),
                settling: Double(settings.settle.seconds)
            )
    }

    /// Reads the organization anew, and plans. Sends GET requests only.
    package func planned(at startedAt: Timestamp, progress: RunProgress, connect: Connect) async throws
        -> PlannedAssignment
    {
        try requireRules()
        let inventory = try await open(progress)
        defer { inventory.close() }
        return try await planned(in: inventory, at: startedAt, progress: progress, connect: connect)
    }

    /// Plans a deed for the devices of a list. Sends GET requests only.
    ///
    /// - Parameters:
    ///   - count: the number of devices that the person expects; needed for what cannot be undone.
    ///   - reason: why; needed for what cannot be undone.
    package func planned(
        _ deed: ListedDeed,
        _ list: SerialList,
        count: Int?,
        reason: String?,
        at startedAt: Timestamp,
        progress: RunProgress,
        connect: Connect
    ) async throws -> PlannedAssignment {
        guard settings.allow.contains(deed.permission) else {
            throw Failure(
                .usage,
                "\(plan.file) does not allow '\(deed.permission.rawValue)'",
                advice: "write `allow: [\(deed.permission.rawValue)]` under `assign`"
            )
        }
        if list.serials.isEmpty { throw Failure(.usage, "\(list.path) has no serial number") }
        if case .updateMigration(let deadline) = deed {
            do { try deadline.requireDeadline(called: "the deadline", at: startedAt) } catch {
                throw Failure(.usage, error)
            }
        }
        if deed == .release, plan.source.platform == .school {
            throw Failure(.usage, "Apple School Manager's API cannot release devices")
        }
        let inventory = try await open(progress)
        defer { inventory.close() }
        let (planner, services) = try await read(into: inventory, at: startedAt, progress, connect)
        let decided = try planner.decisions(deed, list, services)
        let file = try planner.file(decided, services, reason: reason)
        var refusal = planner.refusal(of: file)
        if let count, count != file.header.send {
            refusal = Failure(
                .badData,
                "--count is \(count), and the plan would send \(counted(file.header.send, "device"))",
                advice: "check the list; then give the right number"
            )
        }
        return PlannedAssignment(file, refusal: refusal)
    }

    /// Applies a plan that was made with this file.
    package func applied(
        _ text: String,
        path: String,
        by author: JournalAuthor,
        progress: RunProgress,
        connect: ConnectToAct,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> AppliedAssignment {
        let file = try applicable(text, path: path)
        return try await acting(by: author, progress, connect, note) { try await $0.apply(file) }
    }

    /// Plans and applies in one go, within the limits of the file.
    package func automatic(
        at startedAt: Timestamp,
        by author: JournalAuthor,
        progress: RunProgress,
        connect: ConnectToAct,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> (planned: PlannedAssignment, applied: AppliedAssignment) {
        try requireRules()
        let inventory = try await open(progress)
        defer { inventory.close() }
        let planned = try await planned(in: inventory, at: startedAt, progress: progress) { source in
            try await connect(source).api
        }
        if let refusal = planned.refusal { return (planned, AppliedAssignment(verdicts: [], failure: refusal)) }
        let applied = try await acting(in: inventory, by: author, connect, note) { try await $0.apply(planned.file) }
        return (planned, applied)
    }

    /// Settles what earlier commands have left open.
    package func resumed(
        by author: JournalAuthor,
        progress: RunProgress,
        connect: ConnectToAct,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> AppliedAssignment {
        try await acting(by: author, progress, connect, note) { _ = try await $0.resume() }
    }

    // MARK: In an inventory

    private func open(_ progress: RunProgress) async throws -> Inventory {
        try await Inventory.open(try plan.inventoryPath, identity: plan.source.identity, patience: patience) {
            progress.wait(for: $0.message)
        }
    }

    private func planned(
        in inventory: Inventory,
        at startedAt: Timestamp,
        progress: RunProgress,
        connect: Connect
    ) async throws -> PlannedAssignment {
        let (planner, services) = try await read(into: inventory, at: startedAt, progress, connect)
        let decided = try await planner.decisions(services)
        let file = try planner.file(decided, services)
        return PlannedAssignment(file, rules: settings.rules.map(\.name), refusal: planner.refusal(of: file))
    }

    /// Reads the organization, so that a plan is based on complete lists of its own.
    private func read(
        into inventory: Inventory,
        at startedAt: Timestamp,
        _ progress: RunProgress,
        _ connect: Connect
    ) async throws -> (planner: AssignPlanner, services: Services) {
        // A list that another run has begun may be hours old.
        try inventory.abandonRound()
        try await plan.sync(inventory, RunOptions(), startedAt: startedAt, progress: progress, connect: connect)
        try progress.requireNoFailure()
        if let refused = try inventory.refusedListing {
            throw Failure(
                .badData,
                "Apple's list of devices was refused: \(refused)",
                advice:
                    "wait for a complete list, or run a pipeline with loads of this source once, with --accept-removals N"
            )
        }
        try inventory.followMigrations()
        let planner = AssignPlanner(plan: plan, settings: settings, inventory: inventory, startedAt: startedAt)
        return (planner, Services(try inventory.services))
    }

    private func acting(
        by author: JournalAuthor,
        _ progress: RunProgress,
        _ connect: ConnectToAct,
        _ note: @escaping @Sendable (String) -> Void,
        _ act: (Applier) async throws -> Void
    ) async throws -> AppliedAssignment {
        let inventory = try await open(progress)
        defer { inventory.close() }
        return try await acting(in: inventory, by: author, connect, note, act)
    }

    /// What was recorded is reported even if the work was stopped.
    private func acting(
        in inventory: Inventory,
        by author: JournalAuthor,
        _ connect: ConnectToAct,
        _ note: @escaping @Sendable (String) -> Void,
        _ act: (Applier) async throws -> Void
    ) async throws -> AppliedAssignment {
        let begin = try inventory.lastJournalNumber
        let open = try inventory.openActivities.flatMap(\.serials)
        let (api, activities) = try await connect(plan.source)
        await api.begin(pace: try inventory.learnedRate, deadline: nil, lease: plan.lease)
        let sizes = try inventory.knownServers.map { ($0.id, $0.deviceCount ?? $0.knownMembers) }
        let settler = Settler(
            inventory: inventory,
            api: api,
            activities: activities,
            waits: waits,
            sizes: Dictionary(uniqueKeysWithValues: sizes),
            hasAuditLog: plan.source.platform.hasAuditLog
        )
        let services = Services(try inventory.services)
        let applier = Applier(settler: settler, services: services, author: author, note: note)
        var failure: Failure?
        do {
            try await act(applier)
        } catch {
            failure = Failure(of: error).hiding(plan.secrets)
        }
        if let learned = await api.learnedRate { try inventory.record(learnedRate: learned) }
        await api.close()
        let verdicts = try inventory.verdicts(after: begin, andOf: open)
        return AppliedAssignment(verdicts: verdicts, failure: failure)
    }
}

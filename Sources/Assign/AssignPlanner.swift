import Inventory
import Pipeline
import Records
import Stages

/// Makes a plan from the rules of a file and the devices of an inventory that was just read.
struct AssignPlanner {
    let plan: Plan
    let settings: AssignSettings
    let inventory: Inventory
    let startedAt: Timestamp

    /// What is to be done about each device that a rule or a list names.
    func decisions(_ services: Services) async throws -> [Decided] {
        let decider = try Decider(settings.rules, services, startedAt: startedAt)
        let left = try inventory.servicesLeft(since: startedAt.adding(seconds: -7 * 86_400))
        let unsettled = Set(try inventory.openActivities.flatMap(\.serials))
        let reached = try inventory.servicesReached(since: startedAt.adding(seconds: -Int64(settings.settle.seconds)))
        var decided: [Decided] = []
        try await forEachBatch { matcher, batch in
            let matches = try matcher.matches(in: batch)
            let standings = try inventory.standings(of: matches.keys.sorted())
            for (serial, device) in standings.sorted(by: { $0.key < $1.key }) {
                guard let match = matches[serial] else { continue }
                let isReached = reached[serial].map { $0 != device.service } ?? false
                let decision = decider.decide(
                    device,
                    matching: match.matching,
                    listed: match.listed,
                    isProtected: match.isProtected,
                    past: Decider.Past(
                        left: left[serial] ?? [],
                        isUnsettled: isReached || unsettled.contains(serial)
                    )
                )
                if let decision { decided.append(decision) }
            }
        }
        return try decided + waiting()
    }

    /// What is to be done about each serial number of a list.
    func decisions(_ deed: ListedDeed, _ list: SerialList, _ services: Services) throws -> [Decided] {
        let standings = try inventory.standings(of: list.serials)
        let unsettled = Set(try inventory.openActivities.flatMap(\.serials))
        return list.serials.map { serial in
            let decision: Decision =
                if let device = standings[serial] {
                    unsettled.contains(serial) ? .leave(.unsettled) : deed.decision(device, services)
                } else {
                    .leave(.unknownSerial)
                }
            return Decided(
                serialNumber: serial,
                rule: nil,
                service: standings[serial]?.service,
                decision: decision
            )
        }
    }

    private func forEachBatch(_ visit: (inout RuleMatcher, Batch) throws -> Void) async throws {
        let context = plan.context(of: "", startedAt: startedAt)
        var rows = try plan.rows(of: .devices, from: inventory, order: .firstSeen, context: context)
        var matcher = try RuleMatcher(settings, over: rows.output, startedAt: startedAt)
        var findings = Findings()
        do {
            while let batch = try await rows.next(&findings) {
                if !batch.isRemoved { try visit(&matcher, batch) }
            }
        } catch {
            await rows.end()
            throw error
        }
        await rows.end()
    }

    /// Serial numbers of lists that the organization does not have.
    private func waiting() throws -> [Decided] {
        var decided: [Decided] = []
        for rule in settings.rules {
            guard let list = rule.serials else { continue }
            let present = try inventory.standings(of: list.serials)
            let absent = list.serials.filter { present[$0] == nil }
            let since = try inventory.record(waiting: absent, for: rule.name, at: startedAt)
            for serial in absent {
                let start = since[serial] ?? startedAt
                let isOverdue = rule.expectWithin.map { start.adding(seconds: Int64($0.seconds)) < startedAt } ?? false
                decided.append(
                    Decided(
                        serialNumber: serial,
                        rule: rule.name,
                        service: nil,
                        decision: .leave(isOverdue ? .overdue : .waiting),
                        since: start
                    )
                )
            }
        }
        return decided
    }

    /// The plan file of the decisions.
    func file(_ decided: [Decided], _ services: Services, reason: String? = nil) throws -> PlanFile {
        let lines = decided.map { PlanLine($0, services) }
        let sent = lines.filter { $0.action != nil }
        let header = PlanHeader(
            file: plan.pipeline.path,
            pipeline: plan.name,
            source: plan.source.name,
            organization: plan.source.identity,
            rules: plan.rulesHash,
            reason: reason,
            services: services.all,
            listing: PlanHeader.Listing(
                completedAt: try inventory.lastCompleteListing?.description ?? "",
                devices: try inventory.deviceCount
            ),
            limits: PlanLimits(settings.limits),
            createdAt: startedAt.description,
            expiresAt: startedAt.adding(seconds: PlanFile.lasts).description,
            version: axportVersion,
            send: sent.count,
            leave: lines.count - sent.count
        )
        return PlanFile(sealing: header, lines)
    }

    /// Why the plan is refused as a whole; nil if it is within the limits.
    func refusal(of file: PlanFile) -> Failure? {
        let sent = file.toSend
        let (devices, moves) = (
            sent.count, sent.count { $0.action == .move || ($0.action == .migrate && $0.from != nil) }
        )
        let limits = settings.limits
        if devices > limits.devices {
            let what = counted(devices, "device")
            return Self.refusal("\(what), and max_devices is \(limits.devices)", "max_devices")
        }
        if moves > limits.moves {
            let what = counted(moves, "device that would leave its service", "devices that would leave their service")
            return Self.refusal("\(what), and max_moves is \(limits.moves)", "max_moves")
        }
        return nil
    }

    private static func refusal(_ what: String, _ setting: String) -> Failure {
        Failure(
            .badData,
            "the plan has \(what): nothing is sent, and no plan is written",
            advice: "check the table; if all of it is meant, raise \(setting) under `assign: { limits: … }`"
        )
    }
}

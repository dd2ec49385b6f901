import Inventory
import Records
import Stages

/// Sends what a plan says, one activity at a time, and finds out what became of it.
struct Applier {
    let inventory: Inventory
    let api: any AppleAPI
    let activities: any ActivityAPI
    let services: Services
    let sizes: [String: Int]
    let hasAuditLog: Bool
    let waits: ApplyWaits
    let author: JournalAuthor
    let note: @Sendable (String) -> Void

    private var settler: Settler {
        Settler(
            inventory: inventory,
            api: api,
            results: activities,
            waits: waits,
            sizes: sizes,
            hasAuditLog: hasAuditLog
        )
    }

    /// Settles the activities of earlier commands.
    ///
    /// - Returns: those whose end is still open.
    func resume() async throws -> [OpenActivity] {
        for activity in try inventory.openActivities {
            note(
                "activity \(activity.id ?? "without an ID") of \(activity.intendedAt): \(counted(activity.serials.count, "device is", "devices are")) open"
            )
            try await settler.settle(activity)
        }
        return try inventory.openActivities
    }

    /// - Throws: `.locked` if an earlier activity may still be under way, or the plan needs more activities than it
    ///   may start now. What was sent until then is recorded.
    func apply(_ plan: PlanFile) async throws {
        if let open = try await resume().first { throw stillOpen(open, plan) }
        let lines = try await current(plan)
        let batches = Self.batches(of: lines, chunk: plan.header.limits.chunk)
        for (number, batch) in batches.enumerated() {
            guard number < plan.header.limits.maxActivities else {
                throw Failure(
                    .locked,
                    "\(batches.count - number) activities of the plan are left: max_activities is \(number)",
                    advice: "apply the plan again; what has landed is not sent again"
                )
            }
            try Task.checkCancellation()
            try await send(batch, of: plan)
            if let open = try inventory.openActivities.first(where: { $0.endedAt == nil }) {
                throw stillOpen(open, plan)
            }
        }
    }

    private func stillOpen(_ activity: OpenActivity, _ plan: PlanFile) -> Failure {
        let until = Timestamp(microseconds: activity.intendedAt.microseconds + Int64(waits.settling * 1_000_000))
        return Failure(
            .locked,
            "an activity of \(activity.intendedAt) with \(counted(activity.serials.count, "device")) has no end yet; two at a time are never sent",
            advice: "run `axport assign resume \(plan.header.file.asShellWord)` after \(until)",
            isTransient: true
        )
    }

    // MARK: What is still to be done

    /// The lines whose devices are where the plan saw them. The others are recorded as stale or skipped.
    private func current(_ plan: PlanFile) async throws -> [PlanLine] {
        let tried = try inventory.serials(of: plan.header.hash, as: .notLanded)
        let landed = try inventory.serials(of: plan.header.hash, as: .landed)
        // Apple's lists may show for a while that they have not.
        let reached = try inventory.servicesReached(since: Timestamp.now.adding(seconds: -Int64(waits.settling)))
        let lines = plan.toSend.filter { !tried.contains($0.serialNumber) }
        let places = try await Whereabouts(api: api, sizes: sizes).places(of: lines.map(\.serialNumber))
        var current: [PlanLine] = []
        if !tried.isEmpty {
            note(
                "\(counted(tried.count, "device", "devices")) of this plan did not land: only a new plan sends them again"
            )
        }
        for line in lines {
            guard let action = line.action else { continue }
            let place = places[line.serialNumber]
            let target = line.to.map { Place.on($0.id) }
            let isReached = reached[line.serialNumber].map { .on($0) == target } ?? false
            if landed.contains(line.serialNumber) || isReached || (target != nil && place == target) {
                try leave(line, action, as: .skipped, "already there", of: plan)
            } else if action.isAboutMigration || place == line.from.map({ .on($0.id) }) ?? .nowhere {
                current.append(line)
            } else {
                let now = place.map(words) ?? "on an unknown service"
                try leave(
                    line,
                    action,
                    as: .stale,
                    "now \(now)",
                    of: plan
                )
            }
        }
        return current
    }

    private func words(_ place: Place) -> String {
        switch place {
        case .on(let service): "on \(services.name(of: service))"
        case .nowhere: "on no service"
        case .gone: "not in the organization"
        }
    }

    private func leave(
        _ line: PlanLine,
        _ action: PlanLine.Action,
        as verdict: AssignmentVerdict,
        _ word: String,
        of plan: PlanFile
    ) throws {
        try inventory.record(
            [JournalItem(line)],
            as: verdict,
            word: word,
            of: ActivityIntent(action, line, plan),
            by: author,
            at: .now
        )
    }

    /// The activities of a plan: devices of one deed and one service together.
    static func batches(of lines: [PlanLine], chunk: Int) -> [[PlanLine]] {
        struct Kind: Hashable {
            let action: PlanLine.Action?
            let service, deadline: String?
        }
        var order: [Kind] = []
        var groups: [Kind: [PlanLine]] = [:]
        for line in lines {
            let service = line.action == .unassign ? line.from?.id : line.to?.id
            let kind = Kind(action: line.action, service: service, deadline: line.migrateBy)
            if groups[kind] == nil { order.append(kind) }
            groups[kind, default: []].append(line)
        }
        return order.flatMap { kind in
            let lines = groups[kind] ?? []
            return stride(from: 0, to: lines.count, by: chunk).map { Array(lines[$0..<min($0 + chunk, lines.count)]) }
        }
    }

    // MARK: Sending

    private func send(_ lines: [PlanLine], of plan: PlanFile) async throws {
        guard let first = lines.first, let action = first.action else { return }
        let intent = ActivityIntent(action, first, plan)
        let serials = lines.map(\.serialNumber)
        let document = ActivityDocument(
            action.activityType,
            service: action == .unassign ? first.from?.id : first.to?.id,
            deadline: intent.deadline,
            serials: serials
        )
        let number = try inventory.intend(intent, lines.map(JournalItem.init), by: author, at: .now)
        note("\(action.activityType): \(counted(lines.count, "device"))\(first.direction); Apple may take minutes")
        switch await create(try document.json()) {
        case .accepted(let answer):
            let activity = try? Activity(answer)
            try inventory.record(
                activity: number,
                id: activity?.id,
                status: activity?.status,
                subStatus: activity?.subStatus,
                endedAt: nil
            )
        case .refused(let error):
            try inventory.withdraw(number, word: error.message, at: .now)
            throw error
        case .limited(let error, let seconds):
            try inventory.withdraw(number, word: error.message, at: .now)
            throw limited(error, seconds)
        case .unknown(let error): note("\(error.message): whether Apple accepted the activity shows at its devices")
        }
        guard let open = try inventory.openActivities.first(where: { $0.number == number }) else { return }
        try await settler.settle(open)
    }

    /// Repeats the request after a 429 that asks for a short wait: Apple has certainly not accepted it.
    private func create(_ document: String) async -> ActivityReply {
        var repeats = 0
        while true {
            let reply = await activities.create(document)
            guard case .limited(let error, let seconds?) = reply, seconds <= waits.activity, repeats < 3 else {
                return reply
            }
            repeats += 1
            note("\(error.message); waits \(Int(seconds.rounded(.up))) s, as Apple asks")
            do {
                try await Task.sleep(for: .seconds(seconds))
            } catch {
                return .refused(APIError(.cancelled, "interrupted"))
            }
        }
    }

    private func limited(_ error: APIError, _ seconds: Double?) -> Failure {
        let wait = seconds ?? 3600
        let from = Timestamp(microseconds: Timestamp.now.microseconds + Int64(wait * 1_000_000))
        return Failure(
            .locked,
            error.message,
            advice: "apply again after \(from); what has landed is not sent again",
            isTransient: true
        )
    }
}

extension PlanLine.Action {
    /// Whether the deed does not depend on the service that the device is on.
    fileprivate var isAboutMigration: Bool {
        switch self {
        case .updateMigration, .cancelMigration, .release: true
        case .assign, .move, .migrate, .unassign: false
        }
    }
}

extension PlanLine {
    /// Where its devices go, for people.
    fileprivate var direction: String {
        if let to { return " to \(to.name)" }
        return action == .unassign ? " off \(from?.name ?? "their services")" : ""
    }
}

extension JournalItem {
    fileprivate init(_ line: PlanLine) {
        self.init(
            serialNumber: line.serialNumber,
            rule: line.rule,
            origin: line.from.map { Service(id: $0.id, name: $0.name, type: "") }
        )
    }
}

extension ActivityIntent {
    fileprivate init(_ action: PlanLine.Action, _ line: PlanLine, _ plan: PlanFile) {
        self.init(
            plan: plan.header.hash,
            action: action.rawValue,
            type: action.activityType,
            target: line.to.map { Service(id: $0.id, name: $0.name, type: "") },
            deadline: line.migrateBy.flatMap(Timestamp.init(text:))
        )
    }
}

import Inventory
import Records
import Stages

/// Sends what a plan says, one activity at a time, and finds out what became of it.
struct Applier {
    let settler: Settler
    let services: Services
    let author: JournalAuthor
    let note: @Sendable (String) -> Void

    private var inventory: Inventory { settler.inventory }
    private var waits: ApplyWaits { settler.waits }

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
        let pending = PendingLines(plan: plan, inventory: inventory, services: services, author: author, note: note)
        let lines = try await pending.current(settler.whereabouts, settling: waits.settling)
        let batches = lines.batches(chunk: plan.header.limits.chunk)
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
        let until = activity.intendedAt.adding(seconds: Int64(waits.settling))
        return Failure(
            .locked,
            "an activity of \(activity.intendedAt) with \(counted(activity.serials.count, "device")) has no end yet; two at a time are never sent",
            advice: "run `axport assign resume \(plan.header.file.asShellWord)` after \(until)",
            isTransient: true
        )
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
            let reply = await settler.activities.create(document)
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
        let from = Timestamp.now.adding(seconds: Int64((seconds ?? 3600).rounded(.up)))
        return Failure(
            .locked,
            error.message,
            advice: "apply again after \(from); what has landed is not sent again",
            isTransient: true
        )
    }
}

extension PlanLine {
    /// Where its devices go, for people.
    fileprivate var direction: String {
        if let to { return " to \(to.name.controlsVisible)" }
        return action == .unassign ? " off \(from?.name.controlsVisible ?? "their services")" : ""
    }
}

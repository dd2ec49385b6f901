import Inventory
import Records

/// What of a plan is still to be sent.
struct PendingLines {
    let plan: PlanFile
    let inventory: Inventory
    let services: Services
    let author: JournalAuthor
    let note: @Sendable (String) -> Void

    /// The lines whose devices are where the plan saw them. The others are recorded as stale or skipped.
    ///
    /// - Parameter seconds: how long Apple's lists may not show yet what landed.
    func current(_ whereabouts: Whereabouts, settling seconds: Double) async throws -> [PlanLine] {
        let tried = try inventory.serials(of: plan.header.hash, as: .notLanded)
        let landed = try inventory.serials(of: plan.header.hash, as: .landed)
        // Apple's lists may show for a while that they have not.
        let reached = try inventory.servicesReached(since: Timestamp.now.adding(seconds: -Int64(seconds)))
        let lines = plan.toSend.filter { !tried.contains($0.serialNumber) }
        let places = try await whereabouts.places(of: lines.map(\.serialNumber))
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
                try leave(line, action, as: .skipped, "already there")
            } else if action.isAboutMigration || place == line.from.map({ .on($0.id) }) ?? .nowhere {
                current.append(line)
            } else {
                let now = place.map(words) ?? "on an unknown service"
                try leave(line, action, as: .stale, "now \(now)")
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
        _ word: String
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

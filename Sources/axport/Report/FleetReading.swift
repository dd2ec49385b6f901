import Inventory
import Load
import Pipeline
import Records
import Stages

/// Reads the inventories of a pipeline file for a report, whatever the file does with its devices.
struct FleetReading {
    let now: Timestamp
    /// The text of an earlier page.
    let earlier: String?
    /// The moment since which changes count; nil for those after the earlier page.
    let since: Timestamp?

    /// Sections in place of the file's: all devices, with all that a report shows of them.
    static let sections: [(name: String, value: ConfigNode)] = [
        ("extract", list(["devices", "assignments", "coverage"])),
        ("transform", list(["applecare"])),
        (
            "load",
            .list([.map([("report", .map([("file", scalar("-"))], origin: origin))], origin: origin)], origin: origin)
        ),
    ]

    private static let origin = "axport report"

    private static func scalar(_ text: String) -> ConfigNode { .scalar(text, origin: origin) }

    private static func list(_ stages: [String]) -> ConfigNode { .list(stages.map(scalar), origin: origin) }

    /// - Throws: if no source has an inventory.
    func report(of plans: [Plan]) async throws -> FleetReport {
        var report: FleetReport?
        var missing: [Plan] = []
        for plan in plans {
            let path = try plan.inventoryPath
            if !Inventory.exists(at: path) {
                missing.append(plan)
                continue
            }
            try await Inventory.withCopy(of: path, identity: plan.source.identity) { inventory in
                try await read(plan, inventory, into: &report)
            }
        }
        guard var report else {
            throw Failure(
                .badData,
                "nothing to report: \(missing.count == 1 ? "there is no inventory yet" : "no source has an inventory yet")",
                advice: "run the pipeline once: `axport run \(plans.first?.file.asShellWord ?? "FILE")`"
            )
        }
        for plan in missing { try report.end(plan.source.name, nil) }
        return report
    }

    private func read(_ plan: Plan, _ inventory: Inventory, into report: inout FleetReport?) async throws {
        let context = plan.context(of: "report", startedAt: now)
        var rows = try plan.rows(of: .devices, from: inventory, order: .firstSeen, context: context)
        var own = report ?? FleetReport(of: plan.name, rows.output, at: now, after: earlier)
        // Otherwise a second reference would make it copy all its counts.
        report = nil
        var findings = Findings()
        do {
            while let batch = try await rows.next(&findings) {
                own.add(batch)
                findings = Findings()
            }
        } catch {
            await rows.end()
            throw error
        }
        await rows.end()
        try own.end(plan.source.name, inventory, since: since)
        report = own
    }
}

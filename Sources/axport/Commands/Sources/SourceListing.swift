import Inventory
import Pipeline
import Records
import Stages

/// The sources of a file, with what their inventories say.
struct SourceListing: Encodable {
    private let pipeline: String
    private let pipelineFile: String
    private(set) var sources: [Source] = []

    struct Source: Encodable {
        let source: String
        var platform: String?
        var inventory: String?
        /// Nil without an inventory.
        var devices: Int?
        var lastSuccessAt: String?
        var lastRunAt: String?
        var lastStatus: String?
        var waitingDevices: Int?
        /// Why the source cannot be run, or its inventory cannot be read.
        var problem: String?

        init(_ name: String) { source = name }
    }

    init(_ planned: PipelinePlans, choice: SourceChoice, at now: Timestamp) {
        pipeline = planned.pipeline.name
        pipelineFile = planned.pipeline.file
        let plans = Dictionary(planned.plans.map { ($0.source.name, $0) }) { first, _ in first }
        let problems = Dictionary(planned.unusableSources.map { ($0.name, $0.problem) }) { first, _ in first }
        for name in planned.sourceNames where choice.takes(name) || problems[name] != nil {
            var source = Source(name)
            if let plan = plans[name] { source.add(plan, pipeline, at: now) }
            if let problem = problems[name] {
                source.problem = problem.diagnostics.map { "\($0.location): \($0.text)" }.joined(separator: "; ")
            }
            sources.append(source)
        }
    }

    /// - Parameter columns: the most characters of a line.
    func text(_ columns: Int, at now: Timestamp) -> String {
        var table = TextTable(
            ["source", "platform", "devices", "waiting", "last success", "inventory"],
            [.left, .left, .right, .right, .left, .left],
            shortening: ["source", "inventory"],
            leavingOut: ["platform"]
        )
        for source in sources {
            table.add([
                source.source, source.platform ?? "?", source.devices.map(TextTable.cell) ?? "?",
                source.waitingDevices.map(TextTable.cell) ?? "?", source.lastSuccess(at: now), source.inventory ?? "?",
            ])
        }
        let problems = sources.compactMap { source in source.problem.map { "\(source.source): \($0)" } }
        return ([table.text(columns)] + (problems.isEmpty ? [] : [""] + problems)).joined(separator: "\n")
    }
}

extension SourceListing.Source {
    fileprivate mutating func add(_ plan: Plan, _ pipeline: String, at now: Timestamp) {
        platform = plan.source.platform.rawValue
        do throws(Failure) {
            let path = try plan.inventoryPath
            inventory = path
            guard Inventory.exists(at: path) else { return }
            let glance = try Inventory.glance(of: pipeline, source: source, at: path, asOf: now)
            devices = glance.devices
            lastSuccessAt = glance.lastSuccess?.endedAt.description
            lastRunAt = glance.latest?.startedAt.description
            lastStatus = glance.latest?.status.rawValue
            // A device can wait in several stages.
            waitingDevices = glance.latest.flatMap { try? RunReport($0) }?.stages.map(\.counts.heldBack).max()
        } catch {
            problem = error.description
        }
    }

    fileprivate func lastSuccess(at now: Timestamp) -> String {
        if problem != nil { return "cannot be used" }
        guard inventory.map({ Inventory.exists(at: $0) }) == true else { return "no inventory here" }
        guard let text = lastSuccessAt, let moment = Timestamp(text: text) else { return "none" }
        return "\(ProgressLine.duration(now.seconds(since: moment))) ago"
    }
}

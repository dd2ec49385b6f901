import Pipeline
import Records
import Stages

/// What `axport check` says to people about one file.
struct CheckText {
    let file: CheckedFile

    init(_ file: CheckedFile) { self.file = file }

    func show() {
        if let failure = file.failure { return Output.log(LogRecord(.error, failure)) }
        let causes = file.findings.byCause
        Output.log(causes.map { LogRecord($0) })
        let errors = causes.count { $0.severity == .error }
        if errors > 0 {
            Output.note("\(counted(errors, "problem")) in \(file.file)")
        } else if let planned = file.planned {
            Output.note(([head(planned)] + loads(planned) + rules(planned)).joined(separator: "\n"))
        }
    }

    private func head(_ planned: PipelinePlans) -> String {
        guard let plan = planned.plans.first else {
            return "\(file.file): ok, but --source or --shard selects none of its sources"
        }
        let sources = planned.plans.map(\.source.name)
        let shown = sources.prefix(Self.shownSources).joined(separator: ", ")
        let rest = sources.count - Self.shownSources
        let what = plan.assign.map(Self.contents) ?? counted(plan.loads.count, "load")
        guard plan.isOneOfSeveral else { return "\(file.file): ok, \(what)" }
        return "\(file.file): ok, \(what) for \(shown)\(rest > 0 ? " and \(rest) more" : "")"
    }

    private static let shownSources = 3

    private static func contents(_ assign: AssignSettings) -> String {
        let allowed = assign.allow.map(\.rawValue).joined(separator: ", ")
        return counted(assign.rules.count, "rule") + (allowed.isEmpty ? "" : ", allows \(allowed)")
    }

    /// A line for each rule. Only a plan can tell whether there are such services.
    private func rules(_ planned: PipelinePlans) -> [String] {
        guard let rules = planned.plans.first?.assign?.rules, !rules.isEmpty else { return [] }
        var table = TextTable(
            ["rule", "from", "to", "list"],
            shortening: ["rule", "from", "to"],
            leavingOut: ["list"]
        )
        for rule in rules {
            let list = rule.serials.map { counted($0.serials.count, "serial number") } ?? ""
            let from = rule.from.map(\.description).joined(separator: ", ")
            table.add([rule.name, "from \(from)", "to \(rule.to)", list])
        }
        return table.bareRows(Output.messages.tableColumns - 2).map { "  \($0)" }
    }

    /// A line for each load.
    private func loads(_ planned: PipelinePlans) -> [String] {
        guard let plan = planned.plans.first, !plan.loads.isEmpty else { return [] }
        let columns = Output.messages.tableColumns - 2
        var table = TextTable(["load", "to", "columns"], shortening: ["to"], leavingOut: ["columns"])
        for load in plan.loads {
            let count = counted(load.output.fields.count, "column")
            table.add([load.origin.stage, Self.shortened(load.destination), count])
        }
        return table.bareRows(columns).map { "  \($0)" }
    }

    /// A path in the working directory without it.
    private static func shortened(_ destination: String) -> String {
        let folder = FilePlace.absolute(".") + "/"
        return destination.hasPrefix(folder) ? String(destination.dropFirst(folder.count)) : destination
    }
}

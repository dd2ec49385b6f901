import Pipeline
import Records
import Stages

/// Examines pipeline files, or the account that the environment names. Changes nothing.
struct Doctor: Sendable {
    let now: Timestamp
    /// Whether nothing outside this machine is asked.
    let isOffline: Bool
    /// A key to be tested before it replaces the old one; nil for the one that the file names.
    let newKey: NewKey?

    /// How many organizations are asked at the same time. Each has its own limit.
    private static let mostAtOnce = 8

    /// - Parameter name: the pipeline file; nil for the environment.
    func examine(_ text: PipelineText, _ name: String?, _ planning: Planning) async throws -> DoctorReport.File {
        var file = DoctorReport.File(name: name)
        do {
            try await examine(try planning.examine(text), &file)
        } catch let error as PlanError {
            file.add(error.diagnostics)
            file.findings.append(.notAsked(["account", "inventory", "destinations"], "the file cannot be read"))
        }
        if let path = file.path { file.findings.append(ScheduleSearch(for: path).finding) }
        return file
    }

    /// Also of a file with errors: its plans have what could be read.
    private func examine(_ planned: PipelinePlans, _ file: inout DoctorReport.File) async throws {
        let isValid = planned.problems.isEmpty
        if isValid {
            let warnings = Set(planned.plans.flatMap { $0.warnings(at: now) })
            file.add(warnings.sorted { $0.description < $1.description })
        }
        file.add(planned.problems)
        do {
            try planned.requireAllSources()
            if file.name != nil, file.findings.isEmpty {
                file.findings.append(.works("file", "its source, stages, expressions and columns are valid"))
            }
        } catch {
            file.add(error.diagnostics)
        }
        file.pipeline = planned.pipeline.name
        file.sources = try await sources(planned.plans, isValid: isValid, isOfFile: file.name != nil)
        file.findings += try await DestinationFindings(plans: planned.plans, order: self).all()
        if planned.plans.isEmpty {
            let reason = isValid ? "no source can be used" : "the source has errors"
            file.findings.append(.notAsked(["account", "inventory", "destinations"], reason))
        }
        if planned.plans.contains(where: { $0.assign != nil }) {
            file.findings.append(.notAsked(["assign"], "only `axport assign apply` may change something at Apple"))
        }
    }

    private func sources(_ plans: [Plan], isValid: Bool, isOfFile: Bool) async throws -> [DoctorReport.Source] {
        try await withThrowingTaskGroup(of: (Int, [Finding]).self) { group in
            var sources = plans.map { DoctorReport.Source($0) }
            func begin(_ index: Int) {
                let examination = SourceExamination(
                    plan: plans[index],
                    isValid: isValid,
                    isOfFile: isOfFile,
                    order: self
                )
                group.addTask { (index, try await examination.findings()) }
            }
            for index in sources.indices.prefix(Self.mostAtOnce) { begin(index) }
            var next = Self.mostAtOnce
            while let (index, findings) = try await group.next() {
                sources[index].findings = findings
                if sources.indices.contains(next) { begin(next) }
                next += 1
            }
            return sources
        }
    }
}

extension DoctorReport.File {
    fileprivate mutating func add(_ problems: [Diagnostic]) {
        findings += problems.map { Finding($0, showsPlace: name != nil) }
    }
}

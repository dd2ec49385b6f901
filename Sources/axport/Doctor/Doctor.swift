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
        let plans = plans(text, planning, &file)
        let readable = planning.examinable(text)
        let found = plans?.map { ExaminableFile.Source(plan: $0, isUsable: true) } ?? readable?.sources ?? []
        file.areSeveral = readable?.areSeveral ?? false
        file.pipeline = readable?.pipeline.name
        file.sources = try await sources(found, isValid: plans != nil, isOfFile: name != nil)
        let destinations = try await DestinationFindings(plans: found.map(\.plan), order: self).all()
        file.findings += destinations
        if found.isEmpty {
            let reason = plans == nil ? "the source has errors" : "no source can be used"
            file.findings.append(.notAsked(["account", "inventory", "destinations"], reason))
        } else if destinations.isEmpty, plans == nil {
            file.findings.append(.notAsked(["destinations"], "the file has errors"))
        }
        if plans?.contains(where: { $0.assign != nil }) == true {
            file.findings.append(.notAsked(["assign"], "only `axport assign apply` may change something at Apple"))
        }
        if let path = file.path { file.findings.append(ScheduleSearch(for: path).finding) }
        return file
    }

    /// Nil if the file has errors.
    private func plans(_ text: PipelineText, _ planning: Planning, _ file: inout DoctorReport.File) -> [Plan]? {
        func add(_ problems: [Diagnostic]) {
            file.findings += problems.byCause.map { Finding($0, showsPlace: file.name != nil) }
        }
        do {
            let planned = try planning.plans(for: text)
            add(Set(planned.plans.flatMap { $0.warnings(at: now) }).sorted { $0.description < $1.description })
            do {
                try planned.requireAllSources()
                if file.name != nil, file.findings.isEmpty {
                    file.findings.append(.works("file", "its source, stages, expressions and columns are valid"))
                }
            } catch {
                add(error.diagnostics)
            }
            return planned.plans
        } catch {
            add(error.diagnostics)
            return nil
        }
    }

    private func sources(
        _ found: [ExaminableFile.Source],
        isValid: Bool,
        isOfFile: Bool
    ) async throws -> [DoctorReport.Source] {
        try await withThrowingTaskGroup(of: (Int, [Finding]).self) { group in
            var sources = found.map { DoctorReport.Source($0) }
            func begin(_ index: Int) {
                let examination = SourceExamination(
                    source: found[index],
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

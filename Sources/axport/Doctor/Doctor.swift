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

    /// - Parameters:
    ///   - name: the pipeline file; nil for the environment.
    func examine(_ text: PipelineText, _ name: String?, _ planning: Planning) async throws -> DoctorReport.File {
        var file = DoctorReport.File(name: name)
        let plans = plans(text, planning, &file)
        if let readable = planning.examinable(text) {
            file.areSeveral = readable.areSeveral
            file.pipeline = readable.pipeline.name
            file.sources = try await sources(of: readable, plans)
        }
        if name != nil {
            file.findings += try await DestinationFindings(plans: plans, order: self).all()
        }
        if let path = file.path { file.findings.append(ScheduleSearch(for: path).finding) }
        return file
    }

    private func plans(_ text: PipelineText, _ planning: Planning, _ file: inout DoctorReport.File) -> [Plan] {
        do {
            let planned = try planning.plans(for: text)
            let warnings = Set(planned.plans.flatMap { $0.warnings(at: now) })
            file.findings += warnings.map { Finding($0, showsPlace: file.name != nil) }
            do {
                try planned.requireAllSources()
                if file.name != nil, warnings.isEmpty {
                    file.findings.append(.works("file", "its source, stages, expressions and columns are valid"))
                }
            } catch {
                file.findings += error.diagnostics.map { Finding($0, showsPlace: file.name != nil) }
            }
            return planned.plans
        } catch {
            file.findings += error.diagnostics.map { Finding($0, showsPlace: file.name != nil) }
            return []
        }
    }

    private func sources(of file: ExaminableFile, _ plans: [Plan]) async throws -> [DoctorReport.Source] {
        try await withThrowingTaskGroup(of: (Int, [Finding]).self) { group in
            var sources = file.sources.map { DoctorReport.Source($0) }
            func begin(_ index: Int) {
                let source = file.sources[index]
                let plan = plans.first { $0.source.name == source.settings.name }
                let examination = SourceExamination(source: source, extract: file.extract, plan: plan, order: self)
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

import Records
import Stages

/// One HTML page about the fleet.
struct ReportLoad: FileLoader {
    let settings: FileSettings
    let days: Count

    static let spec = StageSpec<any Loader>(
        "report",
        """
        Writes one HTML page about the fleet, for people: devices by family, service, age, and capacity; when AppleCare \
        ends; what changed since the page before; rejected values; the last 30 runs. It has no scripts and requests \
        nothing. A run writes it at its end, even if it failed, from all that the inventory knows. The file is replaced \
        as a whole, and only if something changed. The page lists the runs and tells what ends within 30 days, so each \
        run and each day change it.
        """,
        example: "report: { file: out/fleet.html }",
        shared: FileSettings.ofPages,
        settings: Setting(
            "days",
            """
            How many days of changes the page shows if there is no page before it. A name with `{date}` or `{run}` is \
            always new.
            """,
            default: Count(FleetReport.usualDays)
        ),
        build: ReportLoad.init
    )

    var isLast: Bool { true }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems(FleetColumns.problems(of: schema, at: location))
        problems.take(try settings.check(schema, at: location))
        if Compression(path: settings.file.pattern) != nil {
            problems.add(
                Diagnostic("a compressed page cannot be opened in a browser", hint: "name it .html", at: location)
            )
        }
        if days.number > 3650 { problems.add(Diagnostic("days must be 3650 or less", at: location)) }
        try problems.end()
    }

    func format(_ schema: Schema) -> ReportFormat { ReportFormat(ReportPress()) }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try ReportSession(self, schema, context)
    }

    /// The page that this load replaces.
    fileprivate func earlierPage(_ context: LoadContext) -> String? {
        if settings.file.isStandardOutput { return nil }
        let bytes = try? FilePlace(settings.file.path(context)).ownBytes
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Counts rows, and writes the page when all are counted.
struct ReportSession: LoadSession {
    private var file: FileSession<ReportFormat>
    private let press = ReportPress()
    private var report: FleetReport
    private let context: LoadContext

    init(_ load: ReportLoad, _ schema: Schema, _ context: LoadContext) throws {
        self.context = context
        report = FleetReport(
            of: context.origin?.pipeline ?? "",
            schema,
            at: context.moment,
            days: load.days.number,
            after: load.earlierPage(context)
        )
        file = try FileSession(load.settings, ReportFormat(press), schema, context)
    }

    mutating func write(_ batch: Batch) async throws {
        report.add(batch)
        try await file.write(batch)
    }

    mutating func commit() async throws -> LoadCounts {
        try print()
        return try await file.commit()
    }

    mutating func rehearse() async throws -> LoadCounts {
        try print()
        return try await file.rehearse()
    }

    mutating func rollback() async { await file.rollback() }

    private mutating func print() throws {
        try report.end(context.source, context.origin?.inventory)
        press.page = FleetPage(report.document).text
    }
}

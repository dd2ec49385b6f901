import Pipeline
import Records
import Stages
import Testing

@Suite struct CatalogTests {
    private let catalog = Desk().catalog

    @Test func theReferenceNamesEveryStageAndSetting() {
        let page = catalog.reference
        let stages =
            catalog.extractors.map { ($0.name, $0.settings) } + catalog.transforms.map { ($0.name, $0.settings) }
            + catalog.loaders.map { ($0.name, $0.settings) }
        for (name, settings) in stages {
            #expect(page.contains("### `\(name)`\n"), "\(name)")
            for setting in settings { #expect(page.contains(setting.meaning), "\(name) \(setting.name)") }
        }
        for setting in SourceSettings.spec.settings + LoadPlan.settings {
            #expect(page.contains("| `\(setting.name)` | \(setting.type) |"), "\(setting.name)")
        }
    }

    @Test func defaultsAreWrittenAsInAFile() throws {
        let page = catalog.reference
        #expect(
            page.contains(
                "| `trouble` | none or opening or writing or committing or unfit or cancelled_writing | `none` |"
            )
        )
        #expect(page.contains("| `max_in_flight` | integer | `8` |"))
        #expect(page.contains("| `rate` | number |  |"))
        #expect(page.contains("| `platform` | business or school or sandbox | required |"))
        #expect(page.contains("| `order` | first_seen or serial | `first_seen` |"))
        let spec = StageSpec<Trouble>(
            "s",
            "Doc.",
            example: "s",
            settings: Setting("t", "T.", default: Trouble.cancelledWriting)
        ) { (trouble: Trouble) throws(PlanError) -> Trouble in trouble }
        #expect(spec.settings.map(\.fallback) == ["cancelled_writing"])
    }

    @Test func oneStageHasItsPage() throws {
        #expect(try catalog.reference(of: "keep").contains("Its value, text: The first letters"))
        #expect(try catalog.reference(of: "desk").contains("| `from` |"))
        #expect(try catalog.reference(of: "coverage").contains("| `max` | integer | `7` | At most. |"))
        let failure = #expect(throws: Failure.self) { try catalog.reference(of: "kep") }
        #expect(failure == Failure(.usage, "no stage or section 'kep'", advice: "did you mean 'keep'?"))
    }

    @Test func theOverviewHasALineForEach() {
        let lines = catalog.overview.flatMap { group in group.terms.map { "\(group.title): \($0.name): \($0.meaning)" }
        }
        #expect(lines.contains("extract: coverage: Reads coverage."))
        #expect(lines.contains("transform: refuse: Refuses a column."))
        #expect(lines.contains("load: desk: Keeps rows on the desk."))
    }

    @Test func examplesPlan() throws {
        for spec in catalog.extractors { #expect(try problems(pipeline(extract: "[\(spec.example)]")).isEmpty) }
        for spec in catalog.transforms { #expect(try problems(pipeline(transform: "[\(spec.example)]")).isEmpty) }
        for spec in catalog.loaders { #expect(try problems(pipeline(load: "[\(spec.example)]")).isEmpty) }
    }
}

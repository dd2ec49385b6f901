import Inventory
import Records

/// Brings one part of the inventory up to date. Commits as it goes, so that a crash loses at most the page in flight.
package protocol Extractor: Sendable {
    /// Columns that the stage adds to the dataset `devices`.
    var adds: [Field] { get }
    /// What `sync` would ask Apple for now. Asks nothing and changes nothing.
    func forecast(_ context: ForecastContext) throws -> Forecast
    func sync(_ context: SyncContext) async throws
}

/// What an extract stage works with.
package struct SyncContext: Sendable {
    package let api: any AppleAPI
    package let inventory: Inventory
    /// When the run began; stands for "now" in everything the stage records.
    package let startedAt: Timestamp
    /// Stop after so many devices; the listing then counts as incomplete.
    package let limit: Int?
    package let platform: Platform
    /// What a person types to run this pipeline for this source, for advice that names an option of it.
    package let command: String
    package let meter: StageMeter

    package init(
        api: any AppleAPI,
        inventory: Inventory,
        startedAt: Timestamp,
        limit: Int?,
        platform: Platform = .business,
        command: String = "axport run",
        meter: StageMeter
    ) {
        self.api = api
        self.command = command
        self.platform = platform
        self.inventory = inventory
        self.startedAt = startedAt
        self.limit = limit
        self.meter = meter
    }
}

/// Changes rows on their way from the inventory to a destination. Pure: no clock, no network.
package protocol Transformer: Sendable {
    /// Checks the transform against its input columns; nothing is read yet.
    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform
}

/// What a transform may know of the run.
package struct BindContext: Sendable {
    /// The moment that stands for "now".
    package let startedAt: Timestamp
    /// Where the pipeline file asks for the transform: the place of what is wrong with it as a whole.
    package let location: SourceLocation

    package init(startedAt: Timestamp, location: SourceLocation) {
        self.startedAt = startedAt
        self.location = location
    }
}

/// A transform that knows its columns. State lives here, one copy per run.
package protocol BoundTransform {
    var output: Schema { get }
    mutating func apply(_ batch: inout Batch, findings: inout Findings) throws
    /// Rows that had to wait until all had been seen, asked for after the last ``apply``; nil when there are no more.
    mutating func next() throws -> Batch?
}

extension BoundTransform {
    package mutating func next() -> Batch? { nil }
}

/// Writes rows to a destination.
package protocol Loader: Sendable {
    /// What the destination is called in reports, without secrets: a path, `-`, or a table.
    var destination: String { get }
    /// What the destination shares with others, such as their server; nil where nothing. Where it cannot be reached for
    /// one load of a run, the others need not find that out, too. Never shown: it may hold a password.
    var place: String? { get }
    /// Whether bookkeeping columns are among those written when a pipeline names none. Not where a difference in them
    /// alone would write everything anew.
    var writesBookkeeping: Bool { get }
    /// Whether the columns come by name where a pipeline chooses no order.
    var sortsColumns: Bool { get }
    /// How rows of several organisations stay apart.
    var separation: SourceSeparation { get }
    /// Whether rows that its dataset no longer has leave the destination, whatever the reason.
    func replacesRows(of schema: Schema) -> Bool
    /// How long to wait before each further try, where one failed for a reason that may pass.
    var retryWaits: [Duration] { get }
    /// What a second load of the same run would take away; nil where loads can share the destination.
    func claim(_ schema: Schema) -> Claim?
    /// The files that a load replaces, takes away or writes to, with those beside them.
    func files(_ context: LoadContext) -> [String]
    /// Whether another load of the same kind may write to the same files.
    var sharesFiles: Bool { get }
    /// Refuses, while planning, columns that it cannot write.
    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError)
    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession
}

extension Loader {
    package var place: String? { nil }
    package var writesBookkeeping: Bool { true }
    package var sortsColumns: Bool { false }
    package var separation: SourceSeparation { .column }
    package func replacesRows(of schema: Schema) -> Bool { false }
    package var retryWaits: [Duration] { [] }
    package func claim(_ schema: Schema) -> Claim? { nil }
    package func files(_ context: LoadContext) -> [String] { [] }
    package var sharesFiles: Bool { false }
    package func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {}
}

/// How a destination keeps the rows of several organisations apart.
package enum SourceSeparation: Sendable {
    /// By the column `source`: they share the destination.
    case column
    /// Each has a place of its own, or they follow one another.
    case place
    /// Not at all: the last one would replace the others.
    case none
}

/// What a load may know of the run.
package struct LoadContext: Sendable {
    package let runID: String
    /// The organisation the rows come from.
    package let source: String
    package let startedAt: Timestamp
    /// Whether only some of the rows come (`--limit`): what is missing has not gone.
    package let isPartial: Bool
    /// Whether the loads are to say what they would do, and do nothing (`axport plan`).
    package let isRehearsal: Bool
    /// What no message may show.
    package let secrets: Secrets

    package init(
        runID: String,
        source: String,
        startedAt: Timestamp,
        isPartial: Bool = false,
        isRehearsal: Bool = false,
        secrets: Secrets = Secrets()
    ) {
        self.runID = runID
        self.source = source
        self.startedAt = startedAt
        self.isPartial = isPartial
        self.isRehearsal = isRehearsal
        self.secrets = secrets
    }

    /// A name with `{source}`, `{date}` and `{run}` filled in. `{date}` is the day in UTC on which the run began.
    package func filled(_ pattern: String) -> String {
        let day = CalendarDay(daysSince1970: Int(startedAt.daysSince1970))
        // A source's name is one part of a path, whatever it holds.
        return
            pattern
            .replacing("{source}", with: source.replacing("/", with: "_"))
            .replacing("{date}", with: day.description)
            .replacing("{run}", with: runID)
    }
}

/// One open destination. Nothing is visible to readers before `commit`; after an error, `rehearse` or `rollback` the
/// destination is as it was.
package protocol LoadSession: Sendable {
    /// What a person should know of the destination although nothing failed.
    var notes: [String] { get }
    mutating func write(_ batch: Batch) async throws
    /// Rows of devices whose removal a person accepted, as they were when they were last loaded: the destination may
    /// lose them whatever its guard says. Not rows to write.
    mutating func permit(_ batch: Batch)
    mutating func commit() async throws -> LoadCounts
    /// Does all that `commit` does and takes it back, to say what it would have done.
    mutating func rehearse() async throws -> LoadCounts
    mutating func rollback() async
}

extension LoadSession {
    package var notes: [String] { [] }
    package mutating func permit(_ batch: Batch) {}
}

/// What a load did with the rows it was given: each counts once.
package struct LoadCounts: Sendable, Hashable {
    package var written: Int
    /// Those of the written rows that were there before, where the destination knows.
    package var updated: Int
    package var unchanged: Int
    /// Rows retired: marked or deleted, because their device left the organisation.
    package var retired: Int
    /// Those of them that were not among the rows given: the destination alone had them.
    package var deleted: Int
    /// Rows of removed devices that the load does not want.
    package var leftOut: Int
    /// Values that the destination has no room for; their rows were written without them.
    package var rejects: [Reject]
    /// Of a rehearsal: in how many of the updated rows a column differs.
    package var changedColumns: [String: Int] = [:]
    /// Files that were made, replaced or taken away.
    package var changedFiles: [String] = []
    /// What a person should know although nothing failed.
    package var notes: [String] = []

    package init(
        written: Int = 0,
        updated: Int = 0,
        unchanged: Int = 0,
        retired: Int = 0,
        deleted: Int = 0,
        leftOut: Int = 0,
        rejects: [Reject] = []
    ) {
        self.written = written
        self.updated = updated
        self.unchanged = unchanged
        self.retired = retired
        self.deleted = deleted
        self.leftOut = leftOut
        self.rejects = rejects
    }
}

/// Every stage a pipeline file may name.
package struct Catalog: Sendable {
    package let extractors: [StageSpec<any Extractor>]
    package let transforms: [StageSpec<any Transformer>]
    package let loaders: [StageSpec<any Loader>]

    package init(
        extractors: [StageSpec<any Extractor>],
        transforms: [StageSpec<any Transformer>],
        loaders: [StageSpec<any Loader>]
    ) {
        self.extractors = extractors
        self.transforms = transforms
        self.loaders = loaders
    }
}

import Inventory
import Records

/// Writes rows to a destination.
package protocol Loader: Sendable {
    /// The destination's name in reports, without secrets: a path, `-`, or a table.
    var destination: String { get }
    /// The place that the destination shares with others, such as their server; nil if none. If one load of a run
    /// cannot reach it, the others do not try. Never shown: it may include a password.
    var place: String? { get }
    /// Whether bookkeeping columns are written if a pipeline names no columns. False if a difference in them alone
    /// would rewrite everything.
    var writesBookkeeping: Bool { get }
    /// Whether columns are sorted by name if a pipeline does not order them.
    var sortsColumns: Bool { get }
    /// How rows of several organizations stay apart.
    var separation: SourceSeparation { get }
    /// Whether rows that are gone from the dataset, for any reason, also leave the destination.
    func replacesRows(of schema: Schema) -> Bool
    /// Whether it loads when the run has ended, even if it failed, whatever its dataset.
    var isLast: Bool { get }
    /// Waits before each retry after a temporary failure.
    var retryWaits: [Duration] { get }
    /// The place that a second load of the same run would overwrite; nil if loads can share the destination.
    func claim(_ schema: Schema) -> Claim?
    /// The files that a load replaces, deletes, or writes, including those beside them.
    func files(_ context: LoadContext) -> [String]
    /// What a load changes, so that no other one may change it meanwhile. Never shown: it may include a password.
    func places(_ schema: Schema, _ context: LoadContext) -> [String]
    /// Files that earlier runs wrote in the working directory, if the load's present place is empty.
    func leftBehind(_ context: LoadContext) -> LeftBehind?
    /// Whether another load of the same kind may write to the same files.
    var sharesFiles: Bool { get }
    /// What a person should know about columns that it can write.
    func doubts(_ schema: Schema) -> [Problem]
    /// Refuses columns that it cannot write, while planning.
    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError)
    /// Examines the destination by the rules of the load, and writes nothing there.
    ///
    /// - Parameter open: what the examination of another load of the same ``place`` left open; nil for the first one.
    func examine(_ schema: Schema, _ context: LoadContext, through open: inout (any OpenPlace)?) async -> Examination
    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession
}

extension Loader {
    package var place: String? { nil }
    package var writesBookkeeping: Bool { true }
    package var sortsColumns: Bool { false }
    package var separation: SourceSeparation { .column }
    package func replacesRows(of schema: Schema) -> Bool { false }
    package var isLast: Bool { false }
    package var retryWaits: [Duration] { [] }
    package func claim(_ schema: Schema) -> Claim? { nil }
    package func files(_ context: LoadContext) -> [String] { [] }
    package func places(_ schema: Schema, _ context: LoadContext) -> [String] { files(context) }
    package func leftBehind(_ context: LoadContext) -> LeftBehind? { nil }
    package var sharesFiles: Bool { false }
    package func doubts(_ schema: Schema) -> [Problem] { [] }
    package func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {}
    package func examine(
        _ schema: Schema,
        _ context: LoadContext,
        through open: inout (any OpenPlace)?
    ) async -> Examination { Examination() }
}

/// How a destination keeps the rows of several organizations apart.
package enum SourceSeparation: Sendable {
    /// By the column `source`: all share the destination.
    case column
    /// Each has a separate place, or they follow one another.
    case place
    /// Not at all: the last one would replace the others.
    case none
}

/// The context of a load.
package struct LoadContext: Sendable {
    package let runID: String
    /// The organization the rows come from.
    package let source: String
    package let startedAt: Timestamp
    /// What counts as the current time in expressions and file names: the start, or what `--at` says.
    package let moment: Timestamp
    /// Whether only some rows arrive (`--limit`): missing rows are not removed rows.
    package let isPartial: Bool
    /// Whether the loads only report what they would do (`axport plan`).
    package private(set) var isRehearsal: Bool
    /// Which rows of their datasets the loads get.
    package var selection = RowSelection()
    /// Values that no message may show.
    package let secrets: Secrets
    /// The right to load this organization; nil if nobody else can run it.
    package private(set) var lease: (any Lease)?
    /// Where the rows come from; nil if they are not read from an inventory.
    package private(set) var origin: RowOrigin?

    package init(
        runID: String,
        source: String,
        startedAt: Timestamp,
        at moment: Timestamp? = nil,
        isPartial: Bool = false,
        isRehearsal: Bool = false,
        secrets: Secrets = Secrets()
    ) {
        self.runID = runID
        self.source = source
        self.startedAt = startedAt
        self.moment = moment ?? startedAt
        self.isPartial = isPartial
        self.isRehearsal = isRehearsal
        self.secrets = secrets
    }

    /// The same run without any effect.
    package var rehearsing: LoadContext {
        var context = self
        context.isRehearsal = true
        return context
    }

    /// The same under a lease.
    package func under(_ lease: (any Lease)?) -> LoadContext {
        var context = self
        context.lease = lease
        return context
    }

    /// The same with the inventory that the rows are read from.
    package func reading(_ origin: RowOrigin) -> LoadContext {
        var context = self
        context.origin = origin
        return context
    }

    /// What ``filled(_:)`` replaces.
    package static let placeholders = ["source", "date", "run"]

    /// A name with `{source}`, `{date}`, and `{run}` filled in. `{date}` is the same day as `run_date`: the one on
    /// which the run began, in UTC, or that of `--at`.
    package func filled(_ pattern: String) -> String {
        let day = CalendarDay(daysSince1970: Int(moment.daysSince1970))
        // A source's name is one path component, whatever characters it has.
        return
            pattern
            .replacing("{source}", with: source.replacing("/", with: "_"))
            .replacing("{date}", with: day.description)
            .replacing("{run}", with: runID)
    }
}

/// The inventory that rows are read from, and the pipeline that reads them.
package struct RowOrigin: Sendable {
    package let inventory: Inventory
    package let pipeline: String

    package init(_ inventory: Inventory, pipeline: String) {
        self.inventory = inventory
        self.pipeline = pipeline
    }
}

/// One open destination. Readers see nothing before `commit`. After an error, `rehearse`, or `rollback`, the
/// destination is unchanged.
package protocol LoadSession: Sendable {
    /// What a person should know about the destination although nothing failed.
    var notes: [String] { get }
    /// Whether rows of removed devices are written, too. Otherwise ``write(_:)`` is never called with them.
    var takesRemovedRows: Bool { get }
    /// Writes rows that the load takes; see ``take(_:)``.
    mutating func write(_ batch: Batch) async throws
    /// Rows of devices whose removal a person accepted, as last loaded: the destination may lose them, whatever its
    /// guard says. They are not rows to write.
    mutating func permit(_ batch: Batch)
    mutating func commit() async throws -> LoadCounts
    /// Does the work of `commit` and rolls it back, to report what it would do.
    mutating func rehearse() async throws -> LoadCounts
    mutating func rollback() async
}

extension LoadSession {
    package var notes: [String] { [] }
    package var takesRemovedRows: Bool { true }
    package mutating func permit(_ batch: Batch) {}

    /// Writes rows, except those of removed devices if the load does not take them.
    ///
    /// - Returns: the number of rows that the load does not take, for the count `filtered`.
    package mutating func take(_ batch: Batch) async throws -> Int {
        if batch.isRemoved, !takesRemovedRows { return batch.count }
        try await write(batch)
        return 0
    }
}

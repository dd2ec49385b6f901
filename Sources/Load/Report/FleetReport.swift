import Inventory
import Records
import Stages

/// A fleet in numbers, as pages and mails show it.
package struct FleetReport: Sendable {
    /// One organization of the report.
    struct Source: Sendable {
        let name: String
        let devices: Int
        let removed: Int
        /// Nil if it has no inventory.
        let past: FleetPast?
        let mark: ReportMarks.Mark?
    }

    /// What a first report counts as recent.
    package static let usualDays = 7
    private static let limits = FleetPastLimits(changes: 40, rejects: 20, runs: 30)

    let pipeline: String
    let today: Int32
    private(set) var tally: FleetTally
    private(set) var sources: [Source] = []
    /// How many days of changes count without an earlier report.
    private let days: Int
    private let earlier: ReportMarks

    /// - Parameters:
    ///   - days: how many days of changes count without an earlier report.
    ///   - page: the text of an earlier report, which tells where the changes of this one begin.
    package init(
        of pipeline: String,
        _ schema: Schema,
        at now: Timestamp,
        days: Int = usualDays,
        after page: String? = nil
    ) {
        self.pipeline = pipeline
        self.days = days
        today = now.daysSince1970
        tally = FleetTally(FleetColumns(schema), today: today)
        earlier = page.map { ReportMarks(of: $0) } ?? ReportMarks()
    }

    package mutating func add(_ batch: Batch) { tally.add(batch) }

    /// Ends the rows of a source.
    ///
    /// - Parameters:
    ///   - inventory: nil if the source has none.
    ///   - since: the day since which changes count; nil for those after the earlier report.
    package mutating func end(_ source: String, _ inventory: Inventory?, since: Timestamp? = nil) throws {
        let mark = try inventory.map { try self.mark(source, $0, since: since) }
        let past: FleetPast? =
            if let inventory, let mark {
                try inventory.past(of: pipeline, after: mark.after, through: mark.last, most: Self.limits)
            } else {
                nil
            }
        sources.append(
            Source(
                name: source,
                devices: tally.devices - sources.reduce(0) { $0 + $1.devices },
                removed: tally.removed - sources.reduce(0) { $0 + $1.removed },
                past: past,
                mark: mark
            )
        )
    }

    private func mark(_ source: String, _ inventory: Inventory, since: Timestamp?) throws -> ReportMarks.Mark {
        let last = try inventory.latestChange
        if since == nil, let next = earlier.next(source, last: last, today: today) { return next }
        let day = since?.daysSince1970 ?? today - Int32(days)
        let moment = since ?? Timestamp(seconds: Int64(day) * 86_400)
        let after = min(try inventory.latestChange(before: moment), last)
        return ReportMarks.Mark(after: after, last: last, since: day, isOfReport: false, day: today)
    }

    /// Where the next report goes on.
    var marks: ReportMarks {
        var marks = ReportMarks()
        for source in sources { marks[source.name] = source.mark }
        return marks
    }

    static func day(_ days: Int32) -> String { CalendarDay(daysSince1970: Int(days)).description }
}

import Records

/// A name that expressions have for the time of the run. Its value is the same for all rows, loads and sources of a
/// command, also past midnight: an expression never reads the clock.
package struct RunMoment: Sendable, Hashable {
    package let field: Field
    package let cell: Cell
    /// As expressions see it.
    let text: String

    private init(_ field: Field, _ cell: Cell, _ text: String) {
        self.field = field
        self.cell = cell
        self.text = text
    }

    static let names = all(at: Timestamp(seconds: 0)).map(\.field.name)

    /// `run_date` and `run_time`.
    package static func all(at moment: Timestamp) -> [RunMoment] {
        let day = moment.daysSince1970
        return [
            RunMoment(
                Field("run_date", .date, changing: .daily, "Day in UTC on which the command began, or of `--at`."),
                .date(day),
                CalendarDay(daysSince1970: Int(day)).description
            ),
            RunMoment(
                Field("run_time", .timestamp, changing: .everyRun, "When the command began, or what `--at` says."),
                .timestamp(moment.microseconds),
                moment.description
            ),
        ]
    }

    /// The name with its value, as a column of a query.
    package var asColumn: String { "CAST('\(text)' AS \(field.type.affinity)) AS \(field.name.sqlName)" }
}

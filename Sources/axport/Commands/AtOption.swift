import ArgumentParser
import Records
import Stages

/// The moment that counts as the current time, for commands that evaluate expressions.
struct AtOption: ParsableArguments {
    @Option(
        name: .customLong("at"),
        help: ArgumentHelp(
            "Moment of run_date, run_time, and {date} instead of now, such as 2026-07-01 or 2026-07-01T06:00:00Z (UTC).",
            valueName: "MOMENT"
        ),
        transform: { text in
            do throws(Diagnostic) { return try Moment(from: .scalar(text, origin: "--at")).timestamp } catch {
                throw ValidationError(error.message)
            }
        }
    )
    var moment: Timestamp?
}

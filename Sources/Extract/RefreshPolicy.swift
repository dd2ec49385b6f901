import Stages

/// The settings of every stage that takes one request per device: how old an answer may become, and how much one run
/// may ask.
struct RefreshPolicy: Sendable {
    let maxAge: Period
    let maxRequests: Count?
    let maxTime: Period?

    static let maxAgeSetting = Setting(
        "max_age",
        "Every answer is renewed within this time, each night a share of the oldest.",
        default: Period.days(30)
    )
    static let maxRequestsSetting = Setting<Count?>.optional(
        "max_requests",
        "Requests of the stage in one run at most, repeated ones included; the next run goes on."
    )
    static let maxTimeSetting = Setting<Period?>.optional(
        "max_time",
        "How long the stage may ask in one run; the next run goes on."
    )
}

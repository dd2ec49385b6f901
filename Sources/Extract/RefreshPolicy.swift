import Stages

/// How old an answer may become and how much one run may ask: the settings of every stage with one request per
/// device.
struct RefreshPolicy: Sendable {
    let maxAge: Period
    let maxRequests: Count?
    let maxTime: Period?

    static let group = SettingGroup<RefreshPolicy>(
        settings: Setting(
            "max_age",
            "Read every answer again within this time. Each run reads a share of the oldest answers.",
            default: Period.days(30)
        ),
        Setting<Count?>.optional(
            "max_requests",
            "Most requests of this stage in one run, including repeated ones; the next run continues."
        ),
        Setting<Period?>.optional(
            "max_time",
            "Longest time that this stage may send requests in one run; the next run continues."
        ),
        build: RefreshPolicy.init
    )
}

/// The start time if the scheduler has no random delay: between 2 and 3, at a minute that differs between jobs.
struct NightTime {
    let hour = 2
    let minute: Int

    init(for name: String) { minute = name.utf8.reduce(0) { ($0 * 31 + Int($1)) % 60 } }

    /// The first five fields of a crontab line.
    var cron: String { "\(minute) \(hour) * * *" }
}

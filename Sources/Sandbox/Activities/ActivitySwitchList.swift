extension SandboxSwitches {
    /// The switches of activities, for reading `NAME=VALUE` and for a command's help.
    package static let activitySwitches = [
        Switch(
            "unknown",
            \.activities.unknown,
            "a serial number that the organization lacks: no word, log, or refusal"
        ),
        Switch("same", \.activities.same, "a device that is on the server already: an error in the log, or success"),
        Switch("unassign", \.activities.unassign, "UNASSIGN_DEVICES without a server"),
        Switch("states", \.activities.states, "an activity passes every state on its way, or skips some"),
        Switch("end", \.activities.end, "how activities end; all but the first and third do only half of the devices"),
        Switch("log", \.activities.log, "rows of the log; odd has other quotes, order, and words, and lacks a row"),
        Switch(
            "new-devices",
            \.activities.newDevices,
            "where devices are that join after night 1 (School: no default)"
        ),
        Switch("configurator", \.activities.configurator, "devices of Apple Configurator joined long ago, or recently"),
        Switch("released", \.activities.released, "whether the list of devices has released ones"),
        Switch("filter", \.activities.filter, "filter[serialNumber] on the list of devices, up to 50"),
        Switch("migration", \.activities.migration, "which migration attributes the account can read"),
        Switch(
            "lag",
            \.activities.lag,
            ["0s", "15s", "10reads"],
            "how long lists and devices show the old state",
            lag
        ),
        Switch("pending", \.activities.pending, ["1s", "5m"], "how long an activity is PENDING", seconds),
        Switch("log-after", \.activities.logAfter, ["0s", "20s"], "from the end until the log is there", seconds),
        Switch("link", \.activities.link, ["5m", "1s"], "how long the link to a log is valid", seconds),
        Switch("audit-after", \.activities.auditAfter, ["0s", "10m"], "from a change until its audit event", seconds),
        Switch("most", \.activities.most, ["none", "1000"], "devices in one activity", count),
        Switch("posts", \.activities.posts, ["none", "10/h"], "limit of POSTs", posts),
        Switch("speed", \.activities.speed, ["1", "60"], "how fast the clock of activities runs", number),
    ]

    /// Sets switches of activities, such as `lag=15s` or `lag=15s,same=success`.
    package mutating func setActivities(parsing settings: [String]) throws(SandboxError) {
        let each = settings.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        try set(each.map(String.init), of: Self.activitySwitches)
    }

    private static func number(_ text: String) -> Double? {
        Double(text).flatMap { (0...1_000_000).contains($0) ? $0 : nil }
    }

    /// `15s`, `5m`, `1h`.
    private static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let count = number(String(text.dropLast())) else {
            return nil
        }
        return count * unit
    }

    private static func lag(_ text: String) -> ActivitySwitches.Lag? {
        if let seconds = seconds(text), !text.hasSuffix("reads") { return .seconds(seconds) }
        guard text.hasSuffix("reads"), let reads = Int(text.dropLast(5)), (0...10_000).contains(reads) else {
            return nil
        }
        return .reads(reads)
    }

    private static func count(_ text: String) -> Int?? {
        if text == "none" { return .some(nil) }
        return Int(text).flatMap { $0 > 0 ? .some($0) : nil }
    }

    private static func posts(_ text: String) -> PostLimit?? {
        if text == "none" { return .some(nil) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let count = Int(parts[0]), count > 0, let time = seconds("1\(parts[1])") else {
            return nil
        }
        return PostLimit(count, inSeconds: time)
    }
}

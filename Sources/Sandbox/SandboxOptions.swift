/// The options of a sandbox with one organization. Every option has a default.
package struct SandboxOptions: Sendable {
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 0
    package var devices = 500
    package var seed: UInt64 = 1
    /// The state of the organization: each night evolves from the previous one.
    package var night = 1
    /// When night 1 begins, in seconds since 1970; the next nights follow at intervals of a day.
    package var firstNight = usualFirstNight
    package var platform = SandboxPlatform.business
    /// API requests per second; nil for no limit. `rate(parsing:)` also reads `20/m`.
    package var rate: Double?
    /// The number of requests at once before `rate` applies; nil for the requests of one second.
    package var burst: Int?
    package var throttle = Throttle.refused
    package var latencyMilliseconds = 0
    package var faults: [Fault] = []
    /// The duration of the fault `stall`, in seconds.
    package var stallSeconds = 30.0
    package var switches = SandboxSwitches()
    package var tokenLifetimeSeconds = 3600
    /// Whether Apple no longer knows the key, so that no token is issued for it.
    package var isKeyRevoked = false
    /// PEM files; both or none. With them, the sandbox uses HTTPS.
    package var tlsCertificateFile: String?
    package var tlsKeyFile: String?

    /// 2026-11-01T02:00:00Z.
    package static let usualFirstNight: Int64 = 1_793_498_400

    package init() {}

    /// Devices are older than the night, and activities end after it.
    private static let years: ClosedRange<Substring> = "2000"..."2099"

    /// Sets the first night so that ``night`` begins at a time in RFC 3339.
    package mutating func begin(night text: String) throws(SandboxError) {
        guard let moment = Moment(rfc3339: text), Self.years.contains(text.prefix(4)) else {
            throw SandboxError("'\(text)' is not a date and time of this century; write 2026-11-24T02:00:00Z")
        }
        firstNight = (moment.milliseconds - Int64(night - 1) * Moment.day) / 1000
    }

    /// Reads `200`, `200/s` and `20/m` as requests per second.
    package static func rate(parsing text: String) throws(SandboxError) -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let seconds: Double? =
            switch parts.dropFirst().first {
            case nil, "s": 1
            case "m": 60
            default: nil
            }
        guard parts.count <= 2, let seconds, let count = Double(parts[0]), count > 0, count.isFinite else {
            throw SandboxError("'\(text)' is not a rate; write 200, 200/s or 20/m")
        }
        return count / seconds
    }
}

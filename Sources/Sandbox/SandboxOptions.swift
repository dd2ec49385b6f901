/// What a sandbox is started with; every option has a default.
package struct SandboxOptions: Sendable {
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 0
    package var devices = 500
    package var seed: UInt64 = 1
    /// The state of the organisation: night n + 1 has evolved from night n.
    package var night = 1
    package var platform = SandboxPlatform.business
    /// API requests per second; nil does not limit. `rate(parsing:)` reads `20/m` as well.
    package var rate: Double?
    /// How many requests may come at once before `rate` holds; nil stands for one second's worth.
    package var burst: Int?
    package var latencyMilliseconds = 0
    package var faults: [Fault] = []
    /// How long the fault `stall` sends nothing.
    package var stallSeconds = 30.0
    package var switches = SandboxSwitches()
    package var tokenLifetimeSeconds = 3600
    /// PEM files; both or none. With them the sandbox speaks HTTPS.
    package var tlsCertificateFile: String?
    package var tlsKeyFile: String?

    package init() {}

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
            throw SandboxError("'\(text)' is no rate; write 200, 200/s or 20/m")
        }
        return count / seconds
    }
}

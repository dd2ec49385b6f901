import Synchronization

/// The state of a running sandbox, shared by all its requests.
final class SandboxState: Sendable {
    let options: SandboxOptions
    let credentials: SandboxCredentials
    let tokens: AccessTokens
    let connections = Connections()
    private let current: Mutex<Organization>
    private let faults: Mutex<FaultDraws>
    private let limiter: Mutex<RateLimit>
    private let counts = Mutex(SandboxStatistics())

    init(_ options: SandboxOptions, _ credentials: SandboxCredentials) {
        self.options = options
        self.credentials = credentials
        tokens = AccessTokens(lifetimeSeconds: options.tokenLifetimeSeconds)
        let fleet = Fleet(
            devices: options.devices,
            seed: options.seed,
            night: options.night,
            platform: options.platform,
            switches: options.switches,
            firstNight: options.firstNight
        )
        current = Mutex(Organization(fleet))
        faults = Mutex(FaultDraws(seed: options.seed, faults: options.faults))
        limiter = Mutex(RateLimit(rate: options.rate, burst: options.burst))
    }

    var organization: Organization { current.withLock { $0 } }

    func advance(toNight night: Int) {
        current.withLock { $0 = Organization($0.fleet.onNight(night)) }
    }

    func setSwitches(_ switches: SandboxSwitches) {
        current.withLock { $0 = Organization($0.fleet.with(switches)) }
    }

    var statistics: SandboxStatistics { counts.withLock { $0 } }

    func count(_ change: (inout SandboxStatistics) -> Void) {
        counts.withLock { change(&$0) }
    }

    func setFaults(_ faults: [Fault]) {
        self.faults.withLock { $0.faults = faults }
    }

    /// Draws the faults of the next request.
    func drawFaults() -> Set<FaultKind> {
        faults.withLock { $0.next() }
    }

    /// The seconds to wait if the request exceeds the limit, and whether it came before the end of a wait.
    func admit() -> (wait: Int?, isTooEarly: Bool) {
        limiter.withLock { $0.admit() }
    }

    /// Admits no request for this long.
    func close(for time: Duration) { limiter.withLock { $0.close(for: time) } }

    /// Records that a client was told to wait.
    func promise(wait: Int) {
        limiter.withLock { $0.promise(wait: wait) }
    }
}

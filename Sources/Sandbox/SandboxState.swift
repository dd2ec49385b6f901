import Synchronization

/// The state of an organization, shared by all requests about it.
final class SandboxState: Sendable {
    let options: SandboxOptions
    let credentials: SandboxCredentials
    let tokens: AccessTokens
    private let register: Mutex<Register>
    private let faults: Mutex<FaultDraws>
    private let limiter: Mutex<RateLimit>
    private let counts = Mutex(SandboxStatistics())

    /// - Parameter place: its position among the organizations of the server.
    init(_ options: SandboxOptions, _ credentials: SandboxCredentials, place: Int) {
        self.options = options
        self.credentials = credentials
        tokens = AccessTokens(lifetimeSeconds: options.tokenLifetimeSeconds, organization: place)
        let fleet = Fleet(
            devices: options.devices,
            seed: options.seed,
            night: options.night,
            platform: options.platform,
            switches: options.switches,
            firstNight: options.firstNight
        )
        register = Mutex(Register(fleet))
        faults = Mutex(FaultDraws(seed: options.seed, faults: options.faults))
        limiter = Mutex(RateLimit(rate: options.rate, burst: options.burst))
    }

    /// The organization as it is.
    var organization: Organization { register.withLock { $0.truth() } }

    /// The organization as a resource shows it now.
    func organization(reading resource: String, isFirstPage: Bool) -> Organization {
        register.withLock { $0.organization(reading: resource, isFirstPage: isFirstPage) }
    }

    /// The organization's time.
    var now: Moment { register.withLock { $0.now } }

    func activity(_ id: String) -> SandboxActivity? { register.withLock { $0.activity(id) } }

    func accept(_ order: ActivityOrder) -> SandboxActivity { register.withLock { $0.accept(order) } }

    /// As they are now; `options` has those of the start.
    var switches: SandboxSwitches { register.withLock { $0.fleet.switches } }

    /// Notes a request that is no read.
    func record(_ write: SandboxWrite, _ answer: Answer) {
        register.withLock { register in
            var write = write
            write.at = register.now.text
            write.status = answer.status
            if case .whole = answer.delivery {} else { write.isAnswered = false }
            register.writes.append(write)
        }
    }

    func countLeak() { register.withLock { $0.leaks += 1 } }

    func change<Result>(_ work: (inout Register) -> Result) -> Result where Result: Sendable {
        register.withLock { work(&$0) }
    }

    /// The audit events of what clients and people changed, as far as the audit log has them.
    var auditEventsOfChanges: [AuditEvent] {
        let (fleet, now) = register.withLock { ($0.truth().fleet, $0.now) }
        let last = now.adding(seconds: -fleet.switches.activities.auditAfter)
        return fleet.auditEvents(ofChangesUntil: last, account: .account(credentials.clientID))
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

import ArgumentParser
import Pipeline
import Records
import Sandbox
import Stages

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serves the simulated Apple API, for trials, training, and CI.",
        discussion: """
            Runs until you stop it with Ctrl-C. It prints how to use it from another terminal.

            Examples:
              axport sandbox --devices 100
              axport sandbox --organizations 5 --rate 20/m --organization 3:fault=500:0.02

            With --organizations it is one server for all of them, as for a service provider: each has an account, \
            devices, a limit, and faults of its own, and every fifth is of Apple School Manager. The folder of \
            --credentials gets a folder for each, and tenants.csv, which lists them. Settings of --organization:
            \(SandboxOrganization.settings.map { "  \($0.name)=\($0.values)" }.joined(separator: "\n"))

            It changes devices as Apple does, by POST /v1/orgDeviceActivities, until it stops: the next start has the \
            organization of its seed and night again. GET /sandbox/truth tells where each device is and what changed it; among several organizations, GET /sandbox/truth?organization=org-0001.

            Faults: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).
            Above the rate limit:
            \(Throttle.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n"))
            Switches:
            \(list(SandboxSwitches.all))
            Activities:
            \(list(SandboxSwitches.activitySwitches))
            """
    )

    private static func list(_ switches: [Switch]) -> String {
        switches.map { "  \($0.name)=\($0.values.joined(separator: "|"))  \($0.meaning)" }.joined(separator: "\n")
    }

    @Option(help: "Port on 127.0.0.1. 0 takes a free port.")
    var port = 8080

    @Option(help: "Number of devices of the organization.")
    var devices = 500

    @Option(help: ArgumentHelp("Number of organizations.", valueName: "N"))
    var organizations: Int?

    @Option(
        help: ArgumentHelp(
            "What differs in the organizations with these numbers, such as 3:rate=20/m or 5-9:devices=2000. "
                + "Can be repeated.",
            valueName: "NUMBERS:NAME=VALUE,…"
        )
    )
    var organization: [String] = []

    @Option(help: "Seed. The same seed gives the same organization.")
    var seed: UInt64 = 1

    @Option(help: "Day of the organization: devices come, change, and leave from night to night.")
    var night = 1

    @Option(
        help: ArgumentHelp(
            "Start of that night. Default: night 1 is 2026-11-01T02:00:00Z. Audit events are from the day before.",
            valueName: "DATE"
        )
    )
    var tonight: String?

    @Flag(help: "Simulate Apple School Manager instead of Apple Business Manager.")
    var school = false

    @Option(help: "Rate limit, such as 200 or 200/s, or 20/m. Requests above it get 429.")
    var rate: String?

    @Option(help: "Number of requests allowed before the rate limit applies.")
    var burst: Int?

    @Option(
        help: ArgumentHelp(
            "What happens to requests above the limit: \(Throttle.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "HOW"
        ),
        completion: .list(Throttle.allCases.map(\.rawValue))
    )
    var throttle = "429"

    @Option(help: "Delay of each answer in milliseconds.")
    var latencyMs = 0

    @Option(
        help: ArgumentHelp(
            "Fault and its probability, such as 500:0.02. Can be a list with commas, or repeated.",
            valueName: "KIND:P"
        )
    )
    var fault: [String] = []

    @Option(
        name: .customLong("switch"),
        help: ArgumentHelp("Variant of an answer that Apple does not document.", valueName: "NAME=VALUE")
    )
    var switches: [String] = []

    @Option(
        help: ArgumentHelp(
            "How activities behave, such as lag=15s. Can be a list with commas, or repeated.",
            valueName: "NAME=VALUE"
        )
    )
    var activities: [String] = []

    @Option(help: "Lifetime of a token in seconds.")
    var tokenLifetime = 3600

    @Option(
        help: ArgumentHelp("Folder for the key and the IDs of the account, kept between starts.", valueName: "DIR"),
        completion: .directory
    )
    var credentials = "sandbox-credentials"

    @Option(help: "Certificate for HTTPS (PEM).", completion: .file())
    var tlsCertificate: String?

    @Option(help: "Key of the certificate (PEM).", completion: .file())
    var tlsKey: String?

    func validate() throws {
        try Self.check(port, 0...65_535, "--port")
        try Self.check(devices, SourceSettings.SandboxSettings.deviceRange, "--devices")
        try Self.check(night, SourceSettings.SandboxSettings.nightRange, "--night")
        if Throttle(rawValue: throttle) == nil {
            throw ValidationError(
                "--throttle takes one of \(Throttle.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        try Self.check(latencyMs, 0...3_600_000, "--latency-ms")
        try Self.check(tokenLifetime, 1...1_000_000_000, "--token-lifetime")
        if let organizations {
            try Self.check(organizations, SandboxOrganization.counts, "--organizations")
        } else if !organization.isEmpty {
            throw ValidationError("--organization is one of several: give --organizations with their number")
        }
        if let burst { try Self.check(burst, 1...1_000_000_000, "--burst") }
    }

    private static func check(_ number: Int, _ range: ClosedRange<Int>, _ option: String) throws {
        if !range.contains(number) { throw ValidationError("\(option) \(range.meaning)") }
    }

    func run() async throws {
        try await reporting {
            let running = try await Self.translating {
                try await start()
            }
            guard let first = running.first else { return }
            do {
                try Output.answer(SandboxBanner(command: self, running: running).text)
            } catch let failure as Failure {
                await first.stop()
                throw failure
            } catch {
                // The reader of the banner has the credentials.
            }
            _ = try await Interrupt.cancelling {
                await withTaskCancellationHandler {
                    try? await first.waitUntilStopped()
                } onCancel: {
                    Task { await first.stop() }
                }
            }
            var statistics: [SandboxStatistics] = []
            for its in running { statistics.append(await its.statistics) }
            Output.note(SandboxBanner.closing(SandboxStatistics(sumOf: statistics)))
        }
    }

    private func start() async throws -> [RunningSandbox] {
        let options = try options()
        guard let organizations else { return [try await Sandbox.start(options, credentialsFolder: credentials)] }
        let list = try SandboxOrganization.list(organizations, like: options, settings: organization)
        return try await Sandbox.start(list, credentialsFolder: credentials)
    }

    private func options() throws -> SandboxOptions {
        var options = SandboxOptions()
        options.port = port
        options.devices = devices
        options.seed = seed
        options.night = night
        if let tonight { try options.begin(night: tonight) }
        options.platform = school ? .school : .business
        options.rate = try rate.map { try SandboxOptions.rate(parsing: $0) }
        options.burst = burst
        options.throttle = Throttle(rawValue: throttle) ?? .refused
        options.latencyMilliseconds = latencyMs
        options.faults = try fault.flatMap { try Fault.list(parsing: $0) }
        options.switches = try SandboxSwitches(parsing: switches)
        try options.switches.setActivities(parsing: activities)
        options.tokenLifetimeSeconds = tokenLifetime
        options.tlsCertificateFile = tlsCertificate
        options.tlsKeyFile = tlsKey
        return options
    }

    private static func translating<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as SandboxError {
            throw Failure(.usage, "\(error)")
        }
    }
}

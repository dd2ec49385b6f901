import AppleClient
import Assign
import Extract
import Foundation
import Inventory
import Load
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Transform

/// A sandbox, and a pipeline file with rules for it.
struct AssignDesk: Sendable {
    let sandbox: RunningSandbox
    let folder: ScratchFolder
    /// Long enough for the sandbox's clock, which runs 200 times as fast.
    var waits = ApplyWaits(activity: 10, lists: 3, settling: 4)

    static let author = JournalAuthor(user: "u", host: "h", version: "v")

    var inventoryPath: String { folder.file("inventory.sqlite") }

    /// - Parameter inventory: another file stands for another machine.
    func job(_ assign: String, inventory: String = "inventory.sqlite", now: Timestamp = .now) throws -> AssignJob {
        let yaml = """
            name: desk
            source: { platform: business, client_id: "\(sandbox.clientID)", key_id: "\(sandbox.keyID)", \
            private_key: "${file:\(folder.file("key.pem"))}", api_url: "\(sandbox.apiURL)", token_url: "\(sandbox.tokenURL)" }
            inventory: "${env:PLACE}"
            assign: \(assign)
            """
        let catalog = Catalog(extractors: Extractors.all, transforms: Transforms.all, loaders: Loaders.all)
        let place = environment(["PLACE": folder.file(inventory)])
        let planning = Planning(catalog, environment: place, startedAt: now)
        let plan = try planning.onePlan(for: PipelineText(yaml, file: folder.file("desk.axport.yaml")))
        return try AssignJob(plan, patience: .zero, waits: waits)
    }

    private func environment(_ variables: [String: String]) -> Environment {
        Environment(variables: variables) { [sandbox] path in
            if path.hasSuffix("key.pem") { return .success(.init(text: sandbox.privateKeyPEM, mode: 0o600)) }
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                return .failure(Problem("the file does not exist"))
            }
            return .success(.init(text: text, mode: 0o644))
        }
    }

    func plan(_ job: AssignJob) async throws -> PlannedAssignment {
        let planned = try await job.planned(at: .now, progress: RunProgress(), connect: connectForReading)
        if let refusal = planned.refusal { throw refusal }
        return planned
    }

    var connectForReading: Connect { { try await connect($0).client } }

    func apply(
        _ job: AssignJob,
        _ text: String,
        note: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> AppliedAssignment {
        try await job.applied(
            text,
            path: "plan.ndjson",
            by: Self.author,
            progress: RunProgress(),
            connect: act,
            note: note
        )
    }

    func automatic(_ job: AssignJob, at now: Timestamp = .now) async throws -> AppliedAssignment {
        try await job.automatic(
            at: now,
            by: Self.author,
            progress: RunProgress(),
            connect: act,
            note: { _ in }
        ).applied
    }

    func resume(_ job: AssignJob) async throws -> AppliedAssignment {
        try await job.resumed(by: Self.author, progress: RunProgress(), connect: act, note: { _ in })
    }

    private var act: ConnectToAct {
        { source in
            let (client, secrets) = try await connect(source)
            return (client, ActivityClient(client, secrets: secrets))
        }
    }

    private func connect(_ source: SourceSettings) async throws -> (client: AppleClient, secrets: Secrets) {
        let secrets = Secrets()
        let patience = Patience(attempts: 3, firstBackoff: 0.01, longestBackoff: 0.05)
        let client = try AppleClient(source, environment: [:], secrets: secrets, cacheFolder: nil, patience: patience)
        return (client, secrets)
    }

    // MARK: The truth

    /// The ID of the service that a device is really on.
    func service(of serial: String) -> String? { device(serial)?.serverID }

    func device(_ serial: String) -> SandboxDevice? {
        let fleet = sandbox.fleet
        return fleet.index(ofSerial: serial).flatMap(fleet.device(at:))
    }

    /// Serial numbers that were sent to Apple, as often as they were sent.
    var sent: [String] { sandbox.writes.flatMap(\.serials) }

    var listed: [SandboxDevice] {
        let fleet = sandbox.fleet
        return (0..<fleet.count).filter(fleet.isListed(at:)).compactMap(fleet.device(at:))
    }

    /// The IDs of services that devices can be assigned to.
    var targets: [String] { sandbox.fleet.servers.filter { $0.type == "MDM" && $0.status == "ACTIVE" }.map(\.id) }
}

/// A sandbox whose organization's clock runs fast, while the test runs.
func withDesk(
    _ switches: String = "",
    devices: Int = 300,
    seed: UInt64 = 1,
    role: SandboxSwitches.Role = .everything,
    _ body: (AssignDesk) async throws -> Void
) async throws {
    var options = SandboxOptions()
    options.devices = devices
    options.switches.shapes = .documented
    try options.switches.setActivities(parsing: ["speed=200"] + switches.split(separator: ",").map(String.init))
    options.seed = seed
    options.switches.role = role
    let sandbox = try await Sandbox.start(options)
    do {
        try await body(AssignDesk(sandbox: sandbox, folder: ScratchFolder()))
    } catch {
        await sandbox.stop()
        throw error
    }
    await sandbox.stop()
}

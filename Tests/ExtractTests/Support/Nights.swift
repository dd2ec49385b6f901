import AppleClient
import Extract
import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

/// A sandbox, an inventory, and runs of extract stages between them.
struct Nights {
    let sandbox: RunningSandbox
    let inventoryPath: String

    static func with(
        _ options: SandboxOptions = .with(),
        _ test: (Nights) async throws -> Void
    ) async throws {
        let sandbox = try await Sandbox.start(options)
        do {
            try await withTemporaryFolder { folder in
                try await test(Nights(sandbox: sandbox, inventoryPath: "\(folder)/inventory.sqlite"))
            }
        } catch {
            await sandbox.stop()
            throw error
        }
        await sandbox.stop()
    }

    /// - Parameter setting: one more of the source.
    func plan(_ extract: String, source setting: String = "") throws -> Plan {
        let text = PipelineText(
            """
            source:
              platform: \(sandbox.fleet.platform.rawValue)
              client_id: \(sandbox.clientID)
              key_id: \(sandbox.keyID)
              private_key: ${env:KEY}
              api_url: \(sandbox.apiURL)
              token_url: \(sandbox.tokenURL)
              \(setting)
            inventory: \(inventoryPath)
            extract: \(extract)
            """,
            file: "test"
        )
        return try Self.planning(["KEY": sandbox.privateKeyPEM]).onePlan(for: text)
    }

    /// A run; its counts by stage.
    @discardableResult
    func run(
        _ extract: String,
        limit: Int? = nil,
        attempts: Int = 12,
        at startedAt: Timestamp = .now
    ) async throws -> [String: StageReport] {
        var options = RunOptions()
        options.limit = limit
        let report = try await plan(extract).run(options, startedAt: startedAt, progress: RunProgress()) { source in
            try AppleClient(
                source,
                environment: [:],
                cacheFolder: nil,
                patience: Patience(attempts: attempts, firstBackoff: 0.01, longestBackoff: 0.05, longestWait: 5),
                timeouts: Timeouts(connect: 2, idle: 0.7, total: 20)
            )
        }
        if let failure = report.failure { throw failure }
        return Dictionary(uniqueKeysWithValues: report.stages.map { ($0.name, $0) })
    }

    /// The stage that a line of the extract section asks for.
    static func stage(_ extract: String) throws -> (any Extractor)? {
        let text = PipelineText("source: { platform: sandbox }\nextract: [\(extract)]", file: "test")
        return try planning([:]).onePlan(for: text).extract.first?.stage
    }

    private static func planning(_ variables: [String: String]) -> Planning {
        let catalog = Catalog(extractors: Extractors.all, transforms: [], loaders: [])
        return Planning(catalog, environment: .only(variables), startedAt: .now, needsLoad: false)
    }

    /// An hour after the sandbox's night begins.
    func night(_ number: Int64) -> Timestamp {
        Timestamp(seconds: sandbox.fleet.firstNight + (number - 1) * 86_400 + 3600)
    }

    /// Texts of columns of every row, by the first of them.
    func rows(_ schema: Schema, _ columns: String...) throws -> [String: [String?]] {
        let inventory = try Inventory(path: inventoryPath, identity: try plan("devices").source.identity)
        defer { inventory.close() }
        return try Self.rows(inventory, schema, columns)
    }

    static func rows(_ inventory: Inventory, _ schema: Schema, _ columns: String...) throws -> [String: [String?]] {
        try rows(inventory, schema, columns)
    }

    private static func rows(
        _ inventory: Inventory,
        _ schema: Schema,
        _ columns: [String]
    ) throws -> [String: [String?]] {
        let dataset = try #require(schema.dataset)
        var reader = DatasetReader(inventory, dataset, schema: schema, order: .serial)
        var rejects: [Reject] = []
        var rows: [String: [String?]] = [:]
        while let batch = try reader.next(rejects: &rejects) {
            for row in 0..<batch.count {
                let cells = columns.map { name in schema.index(of: name).flatMap { batch.display(batch[$0, row]) } }
                rows[(cells.first ?? nil) ?? ""] = Array(cells.dropFirst())
            }
        }
        return rows
    }

    /// The devices that the sandbox lists tonight.
    func listed() -> [SandboxDevice] {
        let fleet = sandbox.fleet
        return (0..<fleet.count).compactMap { fleet.device(at: $0) }.filter(\.isListed)
    }
}

extension Schema {
    static let everything: Schema = {
        var schema = Schema.devices
        schema.fields += Schema.assignmentFields + Schema.coverageFields + Schema.activationLockFields
        return schema
    }()
}

import AppleClient
import Extract
import Load
import Pipeline
import Records
import Sandbox
import Stages
import Transform

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The one place that knows every stage and every part.
enum House {
    static let catalog = Catalog(
        extractors: Extractors.all,
        transforms: Transforms.all,
        loaders: Loaders.all
    )

    /// What the process was started with.
    static let environment = Environment(variables: ProcessInfo.processInfo.environment) { path in
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            return .failure(.init(message: exists ? "the file cannot be read" : "there is no such file"))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            return .failure(.init(message: "the file is not UTF-8 text"))
        }
        var status = stat()
        guard stat(path, &status) == 0 else { return .failure(.init(message: "its permissions cannot be read")) }
        return .success(.init(text: text, mode: UInt16(truncatingIfNeeded: status.st_mode & 0o777)))
    }

    /// Opens a connection to Apple's API, or, for `platform: sandbox`, to a new sandbox.
    static func connect(_ source: SourceSettings) async throws -> any AppleAPI {
        guard source.platform == .sandbox else {
            return try AppleClient(
                source,
                environment: environment.variables,
                secrets: environment.secrets,
                cacheFolder: environment.tokenFolder
            )
        }
        var options = SandboxOptions()
        options.devices = source.sandbox.devices
        options.seed = UInt64(clamping: source.sandbox.seed)
        options.night = source.sandbox.night
        let sandbox = try await Sandbox.start(options)
        var settings = source
        settings.apiURL = sandbox.apiURL
        settings.tokenURL = sandbox.tokenURL
        settings.clientID = sandbox.clientID
        settings.keyID = sandbox.keyID
        settings.privateKey = Secret(sandbox.privateKeyPEM)
        do {
            return try AppleClient(
                settings,
                environment: [:],
                secrets: environment.secrets,
                cacheFolder: nil,
                onClose: { await sandbox.stop() }
            )
        } catch {
            await sandbox.stop()
            throw error
        }
    }

    /// Reads and checks a pipeline file, for one of its sources.
    static func plan(
        _ file: String,
        startedAt: Timestamp,
        overrides: [String] = [],
        needsLoad: Bool = true,
        sources: SourceOptions? = nil
    ) throws -> Plan {
        let plan = try Plan(
            text(of: file),
            file: file,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            overrides: overrides.map(Override.init),
            needsLoad: needsLoad,
            choice: sources?.choice ?? SourceChoice()
        )
        try check(plan)
        return plan
    }

    /// Reads and checks a pipeline file, for all its sources or those that are chosen.
    ///
    /// - Parameter needsAllSources: false where each source is tried for itself, so that one without its key does not
    ///   stop the others.
    static func plans(
        _ file: String,
        startedAt: Timestamp,
        overrides: [String],
        sources: SourceOptions,
        needsAllSources: Bool = true
    ) throws -> PlannedFile {
        let planned = try PlannedFile(
            text(of: file),
            file: file,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            overrides: overrides.map(Override.init),
            choice: sources.choice
        )
        if needsAllSources { try planned.requireAllSources() }
        for plan in planned.plans where needsAllSources || !plan.isOneOfSeveral { try check(plan) }
        return planned
    }

    private static func text(of file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(.pipelineInvalid, "\(file): there is no such file, or it cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private static func check(_ plan: Plan) throws {
        guard plan.source.platform != .sandbox else { return }
        do {
            _ = try PrivateKey(pem: plan.source.privateKey.reveal)
        } catch var failure {
            if plan.isOneOfSeveral { failure.message += " (source '\(plan.source.name)')" }
            throw failure
        }
    }
}

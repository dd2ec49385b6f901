import AppleClient
import Assign
import Extract
import Load
import Pipeline
import Records
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

/// The only place that knows every stage and every component.
enum Composition {
    static let catalog = Catalog(
        extractors: Extractors.all,
        transforms: Transforms.all,
        loaders: Loaders.all
    )

    /// The environment of this process: its variables, and the files and programs that pipeline files may name.
    static let environment = Environment(
        variables: ProcessInfo.processInfo.environment,
        programs: ProgramOutputs { ProgramOutput.read($0) },
        readFolder: { path in
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                return .failure(Unreadable.folder(path))
            }
            return .success(names)
        },
        readFile: { path in
            guard let data = FileManager.default.contents(atPath: path) else { return .failure(Unreadable.file(path)) }
            guard let text = String(data: data, encoding: .utf8) else {
                return .failure(Problem("the file is not UTF-8 text"))
            }
            var status = stat()
            guard stat(path, &status) == 0 else { return .failure(Problem("its permissions cannot be read")) }
            return .success(
                .init(
                    text: text,
                    mode: UInt16(truncatingIfNeeded: status.st_mode & 0o777),
                    isOfOtherUser: status.st_uid != geteuid() && status.st_uid != 0
                )
            )
        }
    )

    static func planning(
        startedAt: Timestamp,
        at moment: Timestamp? = nil,
        environment: Environment = environment,
        needsLoad: Bool = true,
        choice: SourceChoice = SourceChoice()
    ) -> Planning {
        Planning(
            catalog,
            environment: environment,
            startedAt: startedAt,
            at: moment,
            needsLoad: needsLoad,
            choice: choice
        )
    }

    private static let network = Network()

    /// Opens connections to Apple's API, or to a sandbox in its place.
    static func connect(_ level: LogLevel) -> Connect {
        let debug = level == .debug ? { @Sendable (text: String) in Output.log(LogRecord(.debug, text)) } : nil
        return { source in
            if let own = OwnSandbox(source) { return try await own.connect(hiding: environment.secrets, debug) }
            return try AppleClient(
                source,
                environment: environment.variables,
                secrets: environment.secrets,
                network: network,
                cacheFolder: environment.tokenFolder,
                debug: debug
            )
        }
    }

    /// Single requests to Apple's API.
    static func inquiry(_ source: SourceSettings) throws -> Inquiry {
        try Inquiry(source, environment: environment.variables, secrets: environment.secrets, network: network)
    }

    /// Opens connections that may create activities at Apple: for the verbs that apply a plan, and no others.
    static let connectToAct: ConnectToAct = { source in
        let own = OwnSandbox(source)
        let client =
            if let own {
                try await own.connect(hiding: environment.secrets, nil)
            } else {
                try AppleClient(
                    source,
                    environment: environment.variables,
                    secrets: environment.secrets,
                    network: network,
                    cacheFolder: environment.tokenFolder
                )
            }
        return (client, ActivityClient(client, secrets: environment.secrets))
    }

    /// Refuses a source whose key cannot sign.
    static func check(_ plan: Plan) throws {
        guard var failure = keyFailure(of: plan.source) else { return }
        if plan.isOneOfSeveral { failure.message += " (source '\(plan.source.name)')" }
        guard let location = plan.source.privateKey.location else { throw failure }
        throw PlanError([Diagnostic(failure, at: location)])
    }

    /// Why a source's key cannot sign; nil if it can, or if nothing here has the key.
    static func keyFailure(of source: SourceSettings) -> Failure? {
        guard !source.privateKey.isUnknown, OwnSandbox(source) == nil else { return nil }
        do {
            _ = try PrivateKey(source.privateKey)
            return nil
        } catch {
            return error
        }
    }
}

extension Diagnostic {
    /// A failure with its place.
    init(_ failure: Failure, at location: SourceLocation) {
        self.init(failure.message, hint: failure.advice, at: location, code: failure.code)
    }
}

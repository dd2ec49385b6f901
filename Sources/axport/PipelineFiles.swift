import ArgumentParser
import Pipeline
import Records
import Stages

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

/// Pipeline files as a command reads and checks them.
struct PipelineFiles {
    private let planning: Planning
    private let overrides: [Override]

    init(_ planning: Planning, overrides: [String] = []) throws(Failure) {
        self.planning = planning
        self.overrides = try overrides.map { text throws(Failure) in try Override(text) }
    }

    /// For all sources of a file, or those that are chosen.
    ///
    /// - Parameter needsAllSources: false where each source is tried for itself, so that one without its key does not
    ///   stop the others.
    func plans(_ file: String, needsAllSources: Bool = true) throws -> PipelinePlans {
        let planned = try planning.plans(for: text(of: file))
        if needsAllSources { try planned.requireAllSources() }
        for plan in planned.plans where needsAllSources || !plan.isOneOfSeveral { try Composition.check(plan) }
        warn(planned.plans)
        return planned
    }

    /// For one source of a file.
    ///
    /// - Parameter sections: what the command puts in the place of sections of the file.
    func onePlan(_ file: String, sections: [(name: String, value: ConfigNode)] = []) throws -> Plan {
        let plan = try planning.onePlan(for: text(of: file, sections: sections))
        warn([plan])
        return plan
    }

    private func warn(_ plans: [Plan]) {
        var told: Set<Diagnostic> = []
        for warning in plans.flatMap({ $0.warnings(at: planning.startedAt) }) where told.insert(warning).inserted {
            Output.log(LogRecord(warning))
        }
    }

    /// Refuses to read standard input twice.
    static func requireDistinct(_ files: [String]) throws {
        guard files.count(where: { $0 == "-" }) > 1 else { return }
        throw ValidationError("standard input (`-`) can be read once")
    }

    private func text(
        of file: String,
        sections: [(name: String, value: ConfigNode)] = []
    ) throws(Failure) -> PipelineText {
        PipelineText(
            try Self.text(of: file),
            file: file,
            in: Self.folder(of: file),
            permissions: Self.permissions(of: file),
            overrides: overrides,
            sections: sections
        )
    }

    /// Who is told that a file cannot be run; nil where the file does not say so, or cannot be read again.
    func notices(of file: String) -> (pipeline: PipelineName, settings: NotifySettings)? {
        guard file != "-", let text = try? text(of: file) else { return nil }
        return planning.notices(of: text)
    }

    static func text(of file: String) throws(Failure) -> String {
        if file == "-" {
            var input = StandardInput()
            var text: [UInt8] = []
            while let line = try input.nextLine() { text += line + [UInt8(ascii: "\n")] }
            return String(decoding: text, as: UTF8.self)
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .pipelineInvalid,
                "cannot read \(file): the file does not exist, or its permissions do not allow it"
            )
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Nil for a pipe, which has no other readers.
    private static func permissions(of file: String) -> FilePermissions? {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return FilePermissions(
            path: file,
            mode: UInt16(truncatingIfNeeded: status.st_mode & 0o777),
            isOfOtherUser: status.st_uid != geteuid() && status.st_uid != 0
        )
    }

    /// That of the file as it is named; what comes through a pipe is in no folder.
    private static func folder(of file: String) -> PathBase.Folder {
        var status = stat()
        guard file != "-", stat(file, &status) == 0, status.isRegular else { return .working }
        return .ofFile(FilePlace.absolute(file).split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
    }
}

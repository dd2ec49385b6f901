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

/// The receivers that a pipeline file names.
typealias NamedNotices = (pipeline: PipelineName, settings: NotifySettings)

/// Reads and checks pipeline files for a command.
struct PipelineFiles {
    private let planning: Planning
    private let overrides: [Override]

    init(_ planning: Planning, overrides: [String] = []) throws(Failure) {
        self.planning = planning
        self.overrides = try overrides.map { text throws(Failure) in try Override(text) }
    }

    /// The plans for all sources of a file, or for the selected ones.
    ///
    /// - Parameters:
    ///   - needsAllSources: false to try each source separately, so that one without its key does not stop the others.
    ///   - sections: sections that replace those of the file.
    func plans(
        _ file: String,
        needsAllSources: Bool = true,
        sections: [(name: String, value: ConfigNode)] = []
    ) throws -> PipelinePlans {
        let planned = try planning.plans(for: text(of: file, sections: sections))
        if needsAllSources { try planned.requireAllSources() }
        for plan in planned.plans where needsAllSources || !plan.isOneOfSeveral { try Composition.check(plan) }
        warn(planned.plans)
        return planned
    }

    /// The plans of a file for its cases, which need no source.
    func cases(_ file: String) throws -> PipelinePlans {
        let planned = try planning.plans(for: text(of: file))
        try planned.requireTests()
        return planned
    }

    /// Everything that `check` says of a file.
    func examine(_ file: String) throws(Failure) -> CheckedFile {
        CheckedFile(file, try text(of: file), planning)
    }

    /// The plan for one source of a file.
    ///
    /// - Parameters:
    ///   - runName: a name for the runs in place of that of the pipeline.
    ///   - sections: sections that replace those of the file.
    func onePlan(
        _ file: String,
        runName: String? = nil,
        sections: [(name: String, value: ConfigNode)] = []
    ) throws -> Plan {
        let plan = try planning.onePlan(for: text(of: file, runName: runName, sections: sections))
        warn([plan])
        return plan
    }

    private func warn(_ plans: [Plan]) {
        var told: Set<Diagnostic> = []
        for warning in plans.flatMap({ $0.warnings(at: planning.startedAt) }) where told.insert(warning).inserted {
            Output.log(LogRecord(warning))
        }
    }

    /// Refuses a second `-`: standard input can be read only once.
    static func requireDistinct(_ files: [String]) throws {
        guard files.count(where: { $0 == "-" }) > 1 else { return }
        throw ValidationError("standard input (`-`) can be read once")
    }

    func text(
        of file: String,
        runName: String? = nil,
        sections: [(name: String, value: ConfigNode)] = []
    ) throws(Failure) -> PipelineText {
        PipelineText(
            try Self.bytes(of: file),
            file: file,
            in: Self.folder(of: file),
            permissions: Self.permissions(of: file),
            overrides: overrides,
            runName: runName,
            sections: sections
        )
    }

    /// The receivers to notify if a file cannot be run. Nil if the file names none, or cannot be read again.
    func notices(of file: String) -> NamedNotices? {
        guard file != "-", let text = try? text(of: file) else { return nil }
        return planning.notices(of: text)
    }

    /// The names of a file's sources, whatever else is wrong with it. Standard input cannot be read again.
    func sourceNames(of file: String) -> [String] {
        guard file != "-", let text = try? text(of: file) else { return [] }
        return planning.sourceNames(of: text)
    }

    /// - Parameter code: the exit code if it cannot be read.
    static func text(of file: String, else code: Outcome) throws(Failure) -> String {
        String(decoding: try bytes(of: file, else: code), as: UTF8.self)
    }

    /// - Parameter code: the exit code if it cannot be read.
    static func bytes(of file: String, else code: Outcome = .pipelineInvalid) throws(Failure) -> [UInt8] {
        if file == "-" {
            var input = StandardInput()
            var text: [UInt8] = []
            while let line = try input.nextLine() { text += line + [UInt8(ascii: "\n")] }
            return text
        }
        guard let data = FileManager.default.contents(atPath: file) else { throw unreadable(file, code) }
        return Array(data)
    }

    private static func unreadable(_ file: String, _ code: Outcome) -> Failure {
        func refuse(_ reason: String, _ advice: String?) -> Failure {
            Failure(code, "cannot read \(file): \(reason)", advice: advice)
        }
        return switch Unreadable(file) {
        case .missing: refuse("the file does not exist", nearestFile(to: file).map(didYouMean))
        case .folder: refuse("it is a folder", "name a file in it")
        case .irregular: refuse("it is not a regular file", "`-` reads standard input")
        case .denied, .noFolder, .unknown: refuse("Permission denied", Unreadable.permission)
        }
    }

    /// A file beside a missing one that is spelled almost like it, or whose ending was left out.
    private static func nearestFile(to file: String) -> String? {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let folder = FilePath.folder(of: FilePath.absolute(file, in: FileManager.default.currentDirectoryPath))
        let others = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let whole = "\(name).axport.yaml"
        if others.contains(whole) { return file.dropLast(name.count) + whole }
        let ending = name.drop { $0 != "." }
        let stems = others.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
        let near = nearestName(to: String(name.dropLast(ending.count)), in: stems)
        return near.map { file.dropLast(name.count) + $0 + ending }
    }

    /// Nil for a pipe: no other user can read it.
    private static func permissions(of file: String) -> FilePermissions? {
        var status = stat()
        guard stat(file, &status) == 0, status.isRegular else { return nil }
        return FilePermissions(
            path: file,
            mode: UInt16(truncatingIfNeeded: status.st_mode & 0o777),
            isOfOtherUser: status.st_uid != geteuid() && status.st_uid != 0
        )
    }

    /// The folder of the path as given. Text from a pipe has no folder.
    private static func folder(of file: String) -> PathBase.Folder {
        var status = stat()
        guard file != "-", stat(file, &status) == 0, status.isRegular else { return .working }
        return .ofFile(FilePlace.absolute(file).split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
    }
}

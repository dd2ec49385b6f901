import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files that a pipeline reads or writes: loads and reports must not overwrite them.
struct OwnFiles: Sendable {
    private struct Entry {
        let file: FilePlace.Sight
        let use: String
        /// The load that writes the file; nil for a file that the pipeline needs.
        var load: LoadPlan?
    }

    private static let hint = "choose another name"

    private var entries: [Entry] = []
    /// The places in `entries` by path, and by the identity of files with several names. There are thousands of
    /// entries where there are a thousand sources.
    private var byPath: [String: [Int]] = [:]
    private var byIdentity: [Identity: [Int]] = [:]
    private let tokenFolder: String?

    init(root: ConfigNode, file: String, environment: Environment) {
        tokenFolder = environment.tokenFolder.map { FilePlace.look($0).path }
        // A pipeline without a file has the name of its origin.
        if root.location.file == file, file != "-" { add([file], as: "the pipeline file") }
        add(root.referencedFiles, as: "a file that the pipeline reads")
        let tables = Set(root["sources"]?.stages.map(\.location.file) ?? []).subtracting([root.location.file])
        add(tables.sorted(), as: "a file that the pipeline reads")
    }

    /// Adds the files that one source needs.
    mutating func add(_ plan: Plan) {
        if let path = try? plan.inventoryPath {
            add(["", "-wal", "-shm", "-journal", ".lock", ".copy", ".fetched"].map { path + $0 }, as: "the inventory")
        }
        if let file = plan.source.caFile { add([file], as: "the file with certificate authorities") }
    }

    /// Adds the metrics files.
    mutating func add(_ metrics: MetricsSettings, of pipeline: String, sources: [String]) {
        add(sources.map { metrics.file(of: pipeline, source: $0) }, as: "the file of metrics")
    }

    private mutating func add(_ names: [String], as use: String) {
        for name in names { add(Entry(file: FilePlace.look(name), use: use)) }
    }

    private mutating func add(_ entry: Entry) {
        byPath[entry.file.path, default: []].append(entries.count)
        if let identity = Identity(entry.file) { byIdentity[identity, default: []].append(entries.count) }
        entries.append(entry)
    }

    /// The entries for the same file, in order.
    private func entries(for file: FilePlace.Sight) -> [Entry] {
        let places = Set((byPath[file.path] ?? []) + (Identity(file).flatMap { byIdentity[$0] } ?? []))
        return places.sorted().map { entries[$0] }
    }

    /// A file that exists, whatever its names.
    private struct Identity: Hashable {
        let device, number: UInt64

        init?(_ file: FilePlace.Sight) {
            guard let status = file.status else { return nil }
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
        }
    }

    /// The role of a file in the pipeline; nil if it has none.
    func use(of file: FilePlace.Sight) -> String? {
        entries(for: file).first?.use ?? useOfToken(file)
    }

    private func useOfToken(_ file: FilePlace.Sight) -> String? {
        guard let tokenFolder, file.path.hasPrefix("\(tokenFolder)/token-") else { return nil }
        return "reserved for the saved token"
    }

    /// Adds the files that the loads of one source write, and reports conflicts.
    mutating func addLoads(of plan: Plan, startedAt: Timestamp) -> [Diagnostic] {
        let context = plan.context(of: "run", startedAt: startedAt)
        var problems: [Diagnostic] = []
        for load in plan.loads {
            for name in load.loader.files(context) {
                let file = FilePlace.look(name)
                if let problem = problem(name, file, of: load) {
                    problems.append(Diagnostic(problem, at: load.origin.location))
                } else {
                    let use = "written by the load '\(load.origin.stage)' of line \(load.origin.location.line)"
                    add(Entry(file: file, use: use, load: load))
                }
            }
        }
        return problems
    }

    private func problem(_ name: String, _ file: FilePlace.Sight, of load: LoadPlan) -> Problem? {
        if file.isOpenFile {
            return Problem("\(name) is an open file of a process", hint: "name a file, or `-` for standard output")
        }
        if let status = file.status, !status.isRegular {
            return Problem("\(name) is not a regular file", hint: Self.hint)
        }
        let other = entries(for: file).first { entry in entry.load.map { !load.mayShare(with: $0) } ?? true }
        guard let use = other?.use ?? useOfToken(file) else { return nil }
        return Problem("\(name) is \(use)", hint: Self.hint)
    }
}

extension LoadPlan {
    /// Whether another load may write the same file, or is already refused for it.
    fileprivate func mayShare(with other: LoadPlan) -> Bool {
        if origin == other.origin || (loader.sharesFiles && other.loader.sharesFiles) { return true }
        guard let claim = loader.claim(output) else { return false }
        return claim.place == other.loader.claim(other.output)?.place
    }
}

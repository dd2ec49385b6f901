import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a load would meet at the place of its files.
struct FileExamination {
    private(set) var facts: [String] = []
    private(set) var notes: [String] = []
    private var old: [(path: String, bytes: Int64)] = []
    private var folder: Folder?

    /// Checks a file by the rules of its replacement.
    mutating func add(_ path: String, _ settings: FileSettings, keepsPrevious: Bool) throws {
        let expected = try ExpectedPlace(path)
        folder = expected.place.folder
        if expected.isFolderMissing {
            let fact = "folder \(expected.place.path) will be created"
            if !facts.contains(fact) { facts.append(fact) }
            return
        }
        var file = try AtomicFile(
            path,
            permissions: settings.permissions,
            keepsPrevious: keepsPrevious,
            isRehearsal: true
        )
        file.rollback()
        if let status = expected.place.status { old.append((path, Int64(status.st_size))) }
    }

    /// Standard output, whose rows wait in a temporary file.
    mutating func addStandardOutput() throws {
        let expected = try ExpectedPlace("\(TemporaryFolder.path)/axport")
        folder = expected.place.folder
        guard expected.place.folder.takesNewFiles else {
            throw Descriptor.failure("make", "a temporary file in \(TemporaryFolder.path)")
        }
        facts.append("standard output")
        try finish(TemporaryFolder.path)
    }

    mutating func addFiles(_ path: String) throws {
        let bytes = old.reduce(0) { $0 + $1.bytes }
        let fact =
            switch old.count {
            case 0: "file \(path) will be created"
            case 1: "file \(old[0].path): \(FreeSpace.shown(bytes))"
            default: "\(old.count) files of \(path): \(FreeSpace.shown(bytes))"
            }
        facts.append(fact)
        try finish(path)
    }

    /// All new versions are written before the first old one is replaced.
    private mutating func finish(_ path: String) throws {
        guard let folder, let space = DiskSpace(in: folder) else { return }
        let needed = old.reduce(0) { $0 + $1.bytes }
        try space.require(needed, for: path)
        facts.append("\(space) free")
        notes += space.note(needed, for: path).map { [$0] } ?? []
    }
}

extension FileLoader {
    func examine(_ schema: Schema, _ context: LoadContext, through open: inout (any OpenPlace)?) async -> Examination {
        var found = FileExamination()
        do {
            if settings.file.isStandardOutput {
                try found.addStandardOutput()
            } else {
                for list in lists(context) { try found.add(list, settings, keepsPrevious: settings.keepPrevious) }
                for file in sidecars(context) + settings.changesFiles(context) {
                    try found.add(file, settings, keepsPrevious: false)
                }
                try found.addFiles(settings.file.path(context))
            }
            return Examination(facts: found.facts, notes: found.notes)
        } catch {
            return Examination(failing: error, facts: found.facts)
        }
    }
}

import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folders a file needs.
struct Folders {
    /// The folder a path lies in.
    let path: String
    /// Those that were missing, outermost first.
    private var made: [String] = []

    /// Makes the folders that are missing (0755).
    init(of file: String) throws {
        path = Self.parent(of: file)
        var missing: [String] = []
        var folder = path
        while access(folder, F_OK) != 0, errno == ENOENT {
            missing.append(folder)
            folder = Self.parent(of: folder)
        }
        for folder in missing.reversed() {
            // Another load may have made it a moment ago.
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                let failure = Descriptor(number: -1, name: "folder \(folder)").failure("make")
                removeMade()
                throw failure
            }
            made.append(folder)
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Takes back what `init` made, unless something lies there by now.
    func removeMade() {
        for folder in made.reversed() { rmdir(folder) }
    }

    /// Makes a rename inside the folder survive a power cut.
    func synchronize() throws {
        let folder = Descriptor(number: open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), name: "folder \(path)")
        guard folder.number >= 0 else { throw folder.failure("open") }
        defer { close(folder.number) }
        // Some network file systems refuse this for folders.
        guard fsync(folder.number) == 0 || errno == EINVAL else { throw folder.failure("synchronize") }
    }
}

import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that waits beside the file it will replace. Its name is random. This process creates it, and locks it while
/// the process lives.
struct TemporaryFile: Sendable {
    let place: FilePlace
    let file: Descriptor

    private static let ending = ".axport"
    private static let length = 13

    /// - Parameter isRehearsal: whether the file will never replace the other. It then has no name that another load
    ///   could find.
    init(for target: FilePlace, called name: String, isRehearsal: Bool) throws {
        let nameless = isRehearsal ? target.makeNameless(mode: 0o640) : -1
        if nameless >= 0 {
            place = target.sibling(Self.newName(of: target.name))
            file = Descriptor(number: nameless, name: name)
            return
        }
        // If two loads begin at the same moment, one sees the other.
        let gate = Gate(target.folder)
        defer { gate.open() }
        (place, file) = try Self.make(for: target, called: name)
        if isRehearsal {
            place.remove()
            return
        }
        guard Self.sweep(target, except: place.name) else {
            remove()
            throw Failure(
                .locked,
                "another load is writing \(name)",
                advice: "wait for that run to end, and give each load a different file"
            )
        }
    }

    private static func make(for target: FilePlace, called name: String) throws -> (FilePlace, Descriptor) {
        while true {
            let place = target.sibling(newName(of: target.name))
            let number = place.make(mode: 0o640)
            let file = Descriptor(number: number, name: name)
            if number < 0, errno == EEXIST { continue }
            guard number >= 0 else { throw file.failure("write") }
            // Another load may have removed it as a leftover before it was locked.
            if flock(number, LOCK_EX | LOCK_NB) == 0, isThere(place, file) { return (place, file) }
            close(number)
        }
    }

    /// Whether the name still refers to this file.
    var isThere: Bool { Self.isThere(place, file) }

    private static func isThere(_ place: FilePlace, _ file: Descriptor) -> Bool {
        guard let own = file.status, let found = place.status else { return false }
        return own.isSameFile(as: found)
    }

    func remove() {
        if isThere { place.remove() }
        close(file.number)
    }

    /// `.NAME.RANDOM.axport`
    static func newName(of target: String) -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        return ".\(target)." + String(repeating: "0", count: length - digits.count) + digits + ending
    }

    /// The name of the file that a temporary file was to replace; nil for another file. Earlier versions used
    /// `.NAME.axport` and `.NAME.previous-link.axport`.
    static func target(of name: String) -> String? {
        guard name.hasPrefix("."), name.hasSuffix(ending) else { return nil }
        let inner = name.dropFirst().dropLast(ending.count)
        guard let point = inner.lastIndex(of: ".") else { return String(inner) }
        let last = inner[inner.index(after: point)...]
        let isRandom = last.utf8.count == length && last.utf8.allSatisfy { (0x30...0x39 ~= $0) || (0x61...0x7A ~= $0) }
        return String(isRandom || last == "previous-link" ? inner[..<point] : inner)
    }

    /// Removes a target's leftovers of killed loads, if they are this user's. False if another load has locked one.
    @discardableResult
    static func sweep(_ target: FilePlace, except own: String? = nil) -> Bool {
        var isFree = true
        for name in target.folder.names where name != own && self.target(of: name) == target.name {
            let place = target.sibling(name)
            var number = place.open(O_RDWR)
            // A read-only file. Some network file systems do not lock such a file.
            if number < 0 { number = place.open(O_RDONLY) }
            guard number >= 0 else { continue }
            defer { close(number) }
            let file = Descriptor(number: number, name: name)
            guard let status = file.status, status.isRegular, status.st_uid == geteuid() else { continue }
            guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
                if errno == EWOULDBLOCK { isFree = false }
                continue
            }
            if isThere(place, file) { place.remove() }
        }
        return isFree
    }
}

/// Lets one process at a time into a folder, for a moment. Does not wait for a process that stays longer.
private struct Gate {
    private let descriptor: Int32

    init(_ folder: Folder) {
        descriptor = openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        var tries = 0
        while descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, tries < 50 {
            usleep(10_000)
            tries += 1
        }
    }

    func open() { if descriptor >= 0 { close(descriptor) } }
}

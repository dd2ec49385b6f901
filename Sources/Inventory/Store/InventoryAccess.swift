import Records

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

/// Inventories that this user may be unable to open, or even to see.
extension Inventory {
    /// Whether the file exists, so that a run that needs one does not create it. Also true if that cannot be seen: to
    /// open it says why.
    package static func exists(at path: String) -> Bool {
        faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    /// The names of the inventories in a folder, which may be missing, in order and without their ending.
    package static func names(in folder: String) throws(Failure) -> [String] {
        guard exists(at: folder) else { return [] }
        if let problem = whyNot(folder, R_OK | X_OK) {
            throw Failure(
                .destinationFailed,
                "the inventories in \(folder) cannot be listed: \(problem)",
                advice: adviceToRead(folder)
            )
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }

    private static let ending = ".sqlite"

    /// Why SQLite could not open the file, which it does not say. Readers, too, need its files beside it.
    static func unopened(_ path: String) -> Failure {
        func refuse(_ reason: String, advice: String?) -> Failure {
            Failure(.destinationFailed, "inventory \(path) cannot be opened\(reason)", advice: advice)
        }
        if let problem = whyNot(path, R_OK) { return refuse(": \(problem)", advice: adviceToRead(path)) }
        let place = FilePlace.look(path)
        if let status = place.status, !status.isRegular {
            return refuse(": it is not a regular file", advice: placeAdvice)
        }
        let folder = parent(of: place.path)
        guard let problem = whyNot(folder, W_OK | X_OK) else { return refuse("", advice: nil) }
        return refuse(
            ": SQLite must make files beside it, in \(folder): \(problem)",
            advice: """
                copy it, with the files beside it, to a folder that this user can write to, and name the copy with \
                `inventory:` in the pipeline file
                """
        )
    }

    /// Why this user has no such access; nil if it has.
    private static func whyNot(_ path: String, _ access: Int32) -> String? {
        faccessat(AT_FDCWD, path, access, AT_EACCESS) == 0 ? nil : Descriptor.problem
    }

    /// How to become a user who can read the file.
    static func adviceToRead(_ path: String) -> String {
        guard let owner = owner(of: path), owner != geteuid() else {
            return "give this user permission to read it and to enter its folders"
        }
        var user = "'#\(owner)'"
        if let entry = getpwuid(owner), let name = entry.pointee.pw_name { user = String(cString: name) }
        return "run axport as the user who runs the pipeline, for example with `sudo -u \(user)`"
    }

    /// The owner of the file, or of the folder that hides it.
    private static func owner(of path: String) -> uid_t? {
        var place = FilePlace.absolute(path)
        while true {
            var status = stat()
            if stat(place, &status) == 0 { return status.st_uid }
            let above = parent(of: place)
            if above == place { return nil }
            place = above
        }
    }

    private static func parent(of path: String) -> String { URL(filePath: path).deletingLastPathComponent().path }
}

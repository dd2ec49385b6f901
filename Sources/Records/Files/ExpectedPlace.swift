#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a path leads, by the rules of ``FilePlace/init(_:followsLast:)``, but without creating anything.
package struct ExpectedPlace: Sendable {
    /// The place of the file, or that of the first missing folder on the way to it.
    package let place: FilePlace
    package let isFolderMissing: Bool

    /// - Throws: if the file must not be written there, or a missing folder cannot be created.
    package init(_ path: String) throws(Failure) {
        var walk = try PathWalk(path, missing: .expected)
        if let name = try walk.name() {
            (place, isFolderMissing) = (FilePlace(walk.folder, name), false)
        } else {
            (place, isFolderMissing) = (FilePlace(walk.folder, walk.missingName ?? ""), true)
            guard place.folder.takesNewFiles else { throw Descriptor.failure("make", "folder \(place.path)") }
        }
    }
}

extension Folder {
    /// Whether this user can create files in it. If not, `errno` has the reason.
    package var takesNewFiles: Bool {
        let file = FilePlace(self, ".").makeNameless(mode: 0o600)
        if file >= 0 {
            close(file)
            return true
        }
        // Other errors mean that the file system has no files without a name.
        if [EACCES, EPERM, EROFS, ENOSPC, EDQUOT].contains(errno) { return false }
        return faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0
    }
}

import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Remembers from run to run which sources of a pipeline have ended in trouble: an inventory cannot tell of a run that
/// could not open it, nor of a file that was not valid. Each is an empty file.
package struct Troubles: Sendable {
    private let folder: String

    /// - Parameter folder: made when it is needed.
    package init(folder: String) { self.folder = folder }

    /// - Parameter source: nil for a file that could not be run at all.
    package func add(_ source: String?, of pipeline: String) throws(Failure) {
        let place = try FilePlace(path(source, pipeline))
        close(try place.openPrivate(advice: "give this user permission to write to \(folder)"))
    }

    /// - Returns: whether it was in trouble.
    package func remove(_ source: String?, of pipeline: String) -> Bool { unlink(path(source, pipeline)) == 0 }

    /// Encoded names have no slash; a name that is very long may share its file with another.
    private func path(_ source: String?, _ pipeline: String) -> String {
        let names = [pipeline, source].compactMap { $0.map { PercentEncoding.encode($0).prefix(100) } }
        return "\(folder)/\(names.joined(separator: "@")).trouble"
    }
}

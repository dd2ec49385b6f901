import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Remembers between runs which sources of a pipeline failed: an inventory has no record of a run that could not open
/// it or of an invalid file. Each is an empty file.
package struct Troubles: Sendable {
    private let folder: String

    /// - Parameter folder: created when needed.
    package init(folder: String) { self.folder = folder }

    /// - Parameter source: nil for a file that could not be run at all.
    package func add(_ source: String?, of pipeline: String) throws(Failure) {
        let place = try FilePlace(path(source, pipeline))
        close(try place.openPrivate(advice: "give this user permission to write to \(folder)"))
    }

    /// - Returns: whether the last run failed.
    package func remove(_ source: String?, of pipeline: String) -> Bool { unlink(path(source, pipeline)) == 0 }

    /// Encoded names have no slash. Very long names may share a file.
    private func path(_ source: String?, _ pipeline: String) -> String {
        let names = [pipeline, source].compactMap { $0.map { PercentEncoding.encode($0).prefix(100) } }
        return "\(folder)/\(names.joined(separator: "@")).trouble"
    }
}

/// A file for a text that is known much later: the place is tried now, and the old file stays until then.
package struct ReportFile {
    private let file: AtomicFile

    package init(_ path: String) throws { file = try AtomicFile(path) }

    package func replace(with text: String) throws {
        var file = file
        do {
            try file.write(Array(text.utf8))
            try file.finish()
            try file.commit()
        } catch {
            file.rollback()
            throw error
        }
    }
}

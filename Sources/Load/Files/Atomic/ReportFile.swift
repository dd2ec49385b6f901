/// A file for a text that is known much later: the place is tried now, and the old file stays until then.
package struct ReportFile {
    private let file: AtomicFile

    package init(_ path: String) throws { file = try AtomicFile(path) }

    package func replace(with text: String) throws {
        var file = file
        try file.replace { try $0.write(Array(text.utf8)) }
    }
}

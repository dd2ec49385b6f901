import CShippedFiles

/// The pipelines and SQL that come with axport. The binary contains them, so that a machine needs no copy of the
/// repository.
enum ShippedFiles {
    /// Each file's path from the top of the repository, and its text, sorted by path.
    static func all() throws -> [(path: String, text: String)] {
        (written + (try GeneratedPages.all())).sorted { $0.path < $1.path }
    }

    /// The files that people wrote; the others are generated.
    static var written: [(path: String, text: String)] {
        var files: [(path: String, text: String)] = []
        while let file = axport_shipped_file(files.count)?.pointee {
            files.append((String(cString: file.path), String(cString: file.text)))
        }
        return files
    }
}

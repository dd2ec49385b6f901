import ArgumentParser
import Pipeline
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files of an installation, except the binary.
struct Installation {
    /// The date of the manual pages, as `2026-11-29`.
    let date: String

    /// Each file's path below the prefix, and its text.
    func files() throws -> [(path: String, text: String)] {
        try manual() + completions() + ShippedFiles.all().map { ("share/axport/\($0.path)", $0.text) }
    }

    private func manual() throws -> [(path: String, text: String)] {
        var file = ManualPage("axport.yaml", section: 5, summary: "pipeline files of axport", date: date)
        file.section("Description")
        file.add(markdown: Composition.catalog.reference)
        return try CommandPages(date: date).all.map { ("share/man/man1/\($0.name)", $0.text) }
            + [("share/man/man5/axport.yaml.5", file.text)]
    }

    private func completions() -> [(path: String, text: String)] {
        // A shell reads this file. Nobody runs it.
        let bash = Axport.completionScript(for: .bash).drop { $0 != "\n" }
        return [
            ("share/bash-completion/completions/axport", String(bash)),
            ("share/zsh/site-functions/_axport", Axport.completionScript(for: .zsh)),
            ("share/fish/vendor_completions.d/axport.fish", Axport.completionScript(for: .fish)),
        ]
    }

    /// Writes all files below a folder, such as `/usr/local`.
    func write(to prefix: String) throws {
        for (path, text) in try files() {
            let file = URL(filePath: prefix).appending(path: path)
            do {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(text.utf8).write(to: file)
            } catch {
                throw Failure(.destinationFailed, "\(file.path): cannot be written")
            }
        }
    }
}

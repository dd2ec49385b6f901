import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The first line of a pipeline file: it tells editors where the JSON Schema is.
struct SchemaLine {
    private static let start = "# yaml-language-server: $schema="
    private static let name = GeneratedPages.schemaFile

    static func isOne(_ line: Substring) -> Bool { line.hasPrefix("# yaml-language-server:") }

    /// The schema's path, as the line names it.
    private let path: String
    /// A copy to put beside the pipeline file; nil if the schema is installed.
    let copy: (name: String, text: String)?

    var text: String { Self.start + path }

    /// The schema that the package installs, or else a copy.
    init(program: String = OwnProgram.path) throws {
        let installed = FilePath.absolute("../../share/axport/pipelines/\(Self.name)", in: program)
        if FileManager.default.fileExists(atPath: installed) {
            path = installed
            copy = nil
        } else {
            path = Self.name
            copy = try ShippedFiles.all().first { $0.path == "pipelines/\(Self.name)" }.map { (Self.name, $0.text) }
        }
    }
}

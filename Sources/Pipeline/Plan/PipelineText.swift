import Crypto
import Records
import Stages

/// The text of a pipeline file, and the changes from a command line.
package struct PipelineText: Sendable {
    /// The file as the user named it.
    package let file: String
    /// The name of the runs, if it is not that of the pipeline.
    let runName: String?
    private let folder: PathBase.Folder
    /// Nil if a command provides all sections.
    private let yaml: String?
    /// Where the file is not UTF-8; nil if it is.
    private var otherEncoding: Diagnostic?
    /// Nil if the text is not from a file, for example from standard input.
    private let permissions: FilePermissions?
    private let overrides: [Override]
    private let sections: [(name: String, value: ConfigNode)]

    /// - Parameters:
    ///   - folder: the base of relative paths, unless the file sets it.
    ///   - runName: a name for the runs in place of that of the pipeline.
    ///   - sections: sections from a command that replace those of the file.
    package init(
        _ yaml: String,
        file: String,
        in folder: PathBase.Folder = .working,
        permissions: FilePermissions? = nil,
        overrides: [Override] = [],
        runName: String? = nil,
        sections: [(name: String, value: ConfigNode)] = []
    ) {
        self.runName = runName
        self.permissions = permissions
        self.yaml = yaml
        self.file = file
        self.folder = folder
        self.overrides = overrides
        self.sections = sections
    }

    /// The same with the bytes of the file, which may be no text.
    package init(
        _ bytes: [UInt8],
        file: String,
        in folder: PathBase.Folder = .working,
        permissions: FilePermissions? = nil,
        overrides: [Override] = [],
        runName: String? = nil,
        sections: [(name: String, value: ConfigNode)] = []
    ) {
        self.init(
            String(decoding: bytes, as: UTF8.self),
            file: file,
            in: folder,
            permissions: permissions,
            overrides: overrides,
            runName: runName,
            sections: sections
        )
        otherEncoding = Diagnostic.otherEncoding(of: bytes, file: file)
    }

    /// A pipeline without a file.
    package init(command: String, sections: [(name: String, value: ConfigNode)]) {
        permissions = nil
        runName = nil
        yaml = nil
        file = command
        folder = .working
        overrides = []
        self.sections = sections
    }

    /// Whether there is no file: a command provides all sections.
    var isOfCommand: Bool { yaml == nil }

    /// SHA-256 of the file's bytes, as hexadecimal digits; nil if a command also provides sections.
    var hash: String? { sections.isEmpty ? yaml.map { SHA256.hash(data: Array($0.utf8)).hex } : nil }

    /// Whether a command provides this section.
    func isProvided(_ section: String) -> Bool { sections.contains { $0.name == section } }

    /// Whether no command changes any section.
    var isAsWritten: Bool { overrides.isEmpty && sections.isEmpty }

    /// The absolute path, if the file is in a folder.
    var path: String { if case .working = folder { file } else { FilePlace.absolute(file) } }

    func root(in environment: Environment) throws(PlanError) -> ConfigNode {
        guard let yaml else { return .map(sections.map { ($0.name, $0.value) }, origin: "command line") }
        if let otherEncoding { throw PlanError([otherEncoding]) }
        var ofFile = environment
        // Those of a copy say nothing about the file that runs.
        ofFile.pipelineFile = environment.readsSecrets ? permissions : nil
        ofFile.folder = folder
        let base = overrides.last(where: \.isBase)?.value
        var root = try ConfigNode.read(yaml, file: file, environment: ofFile, base: base)
        for override in overrides where override.isOfSourceTable {
            root = try override.applied(to: root, environment: environment)
        }
        root = root.changing("sources") { SourceTable.list($0, in: ofFile) }
        for override in overrides where !override.isOfSourceTable {
            root = try override.applied(to: root, environment: environment)
        }
        for section in sections { root = root.replacing(section.name, with: section.value) }
        return root
    }
}

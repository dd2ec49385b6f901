import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A pipeline file's requirements for its scheduler. The file is read without its secrets, and is not checked
/// otherwise.
struct PipelineNeeds {
    /// A file whose contents are a value, such as a private key.
    struct Key: Hashable {
        /// The reference in the pipeline file to the key's file; nil if the pipeline file already uses a credential.
        let reference: String?
        /// The absolute path; nil if the pipeline file does not name it.
        let path: String?
        /// The name of the key's credential.
        let credential: String
    }

    /// The absolute path of the pipeline file, as given.
    let file: String
    /// The job's name.
    let name: String
    /// The pipeline file's path at run time.
    let place: String
    /// The required environment variables.
    let variables: [String]
    let keys: [Key]
    /// Folders that it writes to and that the scheduler's user cannot write to by default.
    let folders: [String]

    init(of file: String, under service: ServicePlaces) throws {
        let absolute = FilePath.absolute(file, in: FileManager.default.currentDirectoryPath)
        let name = try Self.name(of: file)
        (self.file, self.name) = (absolute, name)
        let folder = service.configuration ?? FilePath.folder(of: absolute)
        place = service.configuration.map { "\($0)/\(name).axport.yaml" } ?? absolute
        var environment = Environment(
            variables: ProcessInfo.processInfo.environment.merging(service.variables) { $1 }
        ) { _ in .success(.init(text: "secret", mode: 0o600)) }
        environment.folder = .ofFile(folder)
        let bytes = try PipelineFiles.bytes(of: file)
        if let problem = Diagnostic.otherEncoding(of: bytes, file: file) { throw PlanError([problem]) }
        let root = try service.root(of: String(decoding: bytes, as: UTF8.self), file: file, environment)
        let references = root.allReferences
        variables = references.compactMap(\.requiredVariable).filter { service.variables[$0] == nil }.uniqued()
        keys = Self.keys(references, in: folder)
        folders = try WrittenFolders(root, Composition.catalog).folders
            .filter { folder in !service.writable.contains { FilePath.lies(folder, in: $0) } }.uniqued()
    }

    /// The name for units, labels and files.
    private static func name(of file: String) throws(Failure) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        let name = [".axport.yaml", ".yaml", ".yml"].first(where: last.hasSuffix).map {
            String(last.dropLast($0.count))
        }
        guard let name, !name.isEmpty, name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil else {
            throw Failure(
                .usage,
                "\(last): a job cannot be named after this file",
                advice: "name it NAME.axport.yaml, with letters, digits, '.', '_' and '-' in NAME"
            )
        }
        return name
    }

    private static func keys(_ references: [Reference], in folder: String) -> [Key] {
        var keys: [Key] = []
        for reference in references {
            if let path = reference.name(of: "file") {
                let path = FilePath.absolute(path, in: folder)
                if keys.contains(where: { $0.reference == reference.text }) { continue }
                let taken = keys.filter { $0.path != path }.map(\.credential)
                keys.append(Key(reference: reference.text, path: path, credential: credential(for: path, taken)))
            } else if let name = reference.name(of: "credential"), !keys.contains(where: { $0.credential == name }) {
                keys.append(Key(reference: nil, path: nil, credential: name))
            }
        }
        return keys
    }

    /// The file's name. If two files have the same name, the names of their folders are added.
    private static func credential(for path: String, _ taken: [String]) -> String {
        let parts = path.split(separator: "/").map { part in
            String(part.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
        }
        let names = parts.indices.reversed().map { parts[$0...].joined(separator: "-") }
        return names.first { !taken.contains($0) } ?? "\(parts.joined(separator: "-"))-\(taken.count)"
    }
}

extension Reference {
    /// `NAME` of `${kind:NAME}`.
    fileprivate func name(of kind: String) -> String? {
        guard text.hasPrefix("${\(kind):"), text.hasSuffix("}") else { return nil }
        return String(text.dropFirst(kind.count + 3).dropLast())
    }

    /// A variable without a default in the file.
    fileprivate var requiredVariable: String? {
        name(of: "env").flatMap { $0.contains(":-") ? nil : $0 }
    }
}

extension ConfigNode {
    fileprivate var allReferences: [Reference] {
        switch content {
        case .scalar(let scalar): scalar.references
        case .list(let items): items.flatMap(\.allReferences)
        case .map(let pairs): pairs.flatMap { $0.key.allReferences + $0.value.allReferences }
        }
    }
}

extension [String] {
    /// The texts without duplicates, in the order of their first appearance.
    fileprivate func uniqued() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

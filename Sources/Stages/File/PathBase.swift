import Records
import Yams

/// The base of relative paths, and the folder that `~` stands for.
package struct PathBase: Sendable, Hashable {
    package enum Folder: Sendable, Hashable {
        /// The working directory: for command lines, and for a pipeline without a file.
        case working
        /// The folder of a pipeline file, as the file was named: links on the way stay.
        case ofFile(String)
        /// The folder in `base:`.
        case chosen(String)
    }

    package var folder: Folder
    /// The folder that `~` stands for; nil if unknown.
    private let home: String?

    package init(_ folder: Folder, home: String?) {
        self.folder = folder
        self.home = home
    }

    /// Absolute; nil for `~` without a home folder.
    package func absolute(_ path: String) -> String? {
        if path == "~" || path.hasPrefix("~/") { return home.map { FilePlace.absolute($0 + path.dropFirst()) } }
        return switch folder {
        case .working: FilePlace.absolute(path)
        case .ofFile(let folder), .chosen(let folder): FilePlace.absolute(path, in: folder)
        }
    }

    /// The path from the working directory, where earlier versions started; nil if it is the same, or if `base:` says
    /// which one is meant.
    package func former(_ path: String) -> String? {
        guard case .ofFile = folder, !path.hasPrefix("/"), path != "~", !path.hasPrefix("~/") else { return nil }
        let former = FilePlace.absolute(path)
        return former == absolute(path) ? nil : former
    }

    /// Why ``absolute(_:)`` returns nil.
    package static let noHome = "`~` is the home folder, but HOME is not set"
    package static let noHomeHint = "set HOME, or write the full path"
}

extension Environment {
    package var base: PathBase { PathBase(folder, home: variables["HOME"]) }
}

/// A file name in a setting.
package struct PathSetting: SettingValue, Hashable, CustomStringConvertible {
    /// Absolute; empty if the setting is empty.
    package let path: String
    /// See ``PathBase/former(_:)``.
    package let former: String?
    package let isUnknown: Bool

    package static var typeName: String { "path" }
    package var description: String { path }

    package init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        isUnknown = node.isUnknown
        if text.contains("\0") { throw Diagnostic("expected a path", at: node.location) }
        guard !text.isEmpty, case .scalar(let scalar) = node.content else {
            (path, former) = ("", nil)
            return
        }
        guard let path = scalar.base.absolute(text) else {
            throw Diagnostic(PathBase.noHome, hint: PathBase.noHomeHint, at: node.location, code: .usage)
        }
        self.path = path
        former = scalar.base.former(text)
    }
}

extension Environment {
    /// The same environment for a pipeline file with a `base`. A relative base starts at the working directory.
    func based(on base: String?, at location: SourceLocation) -> Environment {
        var based = self
        based.folder = .working
        let text = base.map { based.resolve($0, at: location).text }
        guard let text, !text.isEmpty, let folder = based.base.absolute(text) else { return self }
        based.folder = .chosen(folder)
        return based
    }
}

extension Node {
    /// The `base` of a pipeline file; nil if it has none.
    var base: String? {
        let base = mapping?.first { $0.key.scalar?.string == "base" }?.value.scalar?.string
        return base?.isEmpty == false ? base : nil
    }
}

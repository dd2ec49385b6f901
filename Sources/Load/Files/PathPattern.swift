import Records
import Stages

/// The path of a file, with the placeholders `{source}`, `{date}` and `{run}`.
struct PathPattern: SettingValue, CustomStringConvertible {
    /// Absolute; `-` for standard output.
    let pattern: String
    /// The path relative to the working directory; see ``PathBase/former(_:)``.
    let former: String?
    private let isUnknown: Bool

    static var typeName: String { "path" }

    init(from node: ConfigNode) throws(Diagnostic) {
        let path = try String(from: node)
        if path.isEmpty || path.contains("\0") { throw Diagnostic("expected a path", at: node.location) }
        if path.hasSuffix("/") { throw Diagnostic("expected a file, but this is a folder", at: node.location) }
        for placeholder in path.matches(of: /\{([A-Za-z_]+)\}/) {
            let name = String(placeholder.output.1)
            if LoadContext.placeholders.contains(name) { continue }
            let offset = path.distance(from: path.startIndex, to: placeholder.range.lowerBound)
            throw Diagnostic(
                unknownName("placeholder", name, known: LoadContext.placeholders),
                at: node.location(ofCharacter: offset)
            )
        }
        isUnknown = node.isUnknown
        if FilePlace.isStandardOutput(path) {
            (pattern, former) = ("-", nil)
        } else {
            let file = try PathSetting(from: node)
            (pattern, former) = (file.path, file.former)
        }
    }

    var description: String { pattern }
    var isStandardOutput: Bool { pattern == "-" }

    var separation: SourceSeparation {
        isUnknown || pattern == "-" || pattern.contains("{source}") ? .place : .none
    }

    /// The path for one run.
    func path(_ context: LoadContext) -> String { context.filled(pattern) }

    /// Equal for all spellings of one path.
    var place: String { FilePlace.look(pattern).path }
}

import Pipeline

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a file goes: a path in which `{source}`, `{date}` and `{run}` are filled in.
struct FileName: SettingValue, CustomStringConvertible {
    let pattern: String

    static var typeName: String { "path" }
    private static let placeholders = ["source", "date", "run"]

    init(from node: ConfigNode) throws(Diagnostic) {
        pattern = try String(from: node)
        if pattern.isEmpty || pattern.contains("\0") { throw Diagnostic("expected a path", at: node.location) }
        for placeholder in pattern.matches(of: /\{([A-Za-z_]+)\}/) {
            let name = String(placeholder.output.1)
            if Self.placeholders.contains(name) { continue }
            let offset = pattern.distance(from: pattern.startIndex, to: placeholder.range.lowerBound)
            throw Diagnostic(
                unknownName("placeholder", name, known: Self.placeholders),
                at: node.location(ofCharacter: offset)
            )
        }
    }

    var description: String { pattern }
    var isStandardOutput: Bool { pattern == "-" }

    var separation: SourceSeparation { pattern == "-" || pattern.contains("{source}") ? .place : .none }

    /// The path for one run.
    func path(_ context: LoadContext) -> String {
        Environment.only(ProcessInfo.processInfo.environment).expandingTilde(context.filled(pattern))
    }
}

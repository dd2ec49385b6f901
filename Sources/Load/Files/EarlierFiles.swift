import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files of a path from all runs and days.
struct EarlierFiles {
    /// The pattern for glob(7).
    private let shape: String

    init(_ pattern: String, source: String) {
        let literal = pattern.replacing("{source}", with: source.replacing("/", with: "_"))
            .replacing(/[\\*?\[\]]/) { "\\\($0.output)" }
        shape = literal.replacing("{date}", with: "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")
            .replacing("{run}", with: "[0-9]*Z-*")
    }

    /// The sorted names of the file, or of its numbered parts.
    var names: [String] {
        let part = PartNames(shape, isSplit: true).part(1)
        return Self.matching(shape) + Self.matching(part.replacing("-001", with: "-[0-9][0-9][0-9]"))
    }

    /// Files beside them with these suffixes.
    func companions(_ suffixes: [String]) -> [String] {
        names.flatMap { name in suffixes.map { name + $0 } }.filter { access($0, F_OK) == 0 }
    }

    private static func matching(_ shape: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(shape, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }
}

extension PathPattern {
    /// The files that earlier runs wrote for this path, if the current path has none.
    func leftBehind(_ context: LoadContext, companions: [String]) -> LeftBehind? {
        former != nil && isFree(context) ? formerFiles(context, companions: companions) : nil
    }

    /// The files that earlier runs wrote for this path, whether or not the current path has any.
    func formerFiles(_ context: LoadContext, companions: [String]) -> LeftBehind? {
        guard let former else { return nil }
        let earlier = EarlierFiles(former, source: context.source)
        return LeftBehind(
            earlier.names,
            companions: earlier.companions(companions),
            place: pattern.replacing("{source}", with: context.source.replacing("/", with: "_")),
            isFree: isFree(context)
        )
    }

    private func isFree(_ context: LoadContext) -> Bool {
        EarlierFiles(pattern, source: context.source).names.isEmpty
    }
}

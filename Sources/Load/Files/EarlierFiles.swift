import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files that a path stands for, on whatever day and by whatever run they were written.
struct EarlierFiles {
    /// The path for glob(7).
    private let shape: String

    init(_ pattern: String, source: String) {
        let literal = pattern.replacing("{source}", with: source.replacing("/", with: "_"))
            .replacing(/[\\*?\[\]]/) { "\\\($0.output)" }
        shape = literal.replacing("{date}", with: "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")
            .replacing("{run}", with: "[0-9]*Z-*")
    }

    /// Those of the path itself, or of its numbered parts; in their order.
    var names: [String] {
        let part = PartNames(shape, isSplit: true).part(1)
        return Self.matching(shape) + Self.matching(part.replacing("-001", with: "-[0-9][0-9][0-9]"))
    }

    /// Files beside those that are named after them.
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
    /// What earlier runs wrote for this path while nothing is where it leads now.
    func leftBehind(_ context: LoadContext, companions: [String]) -> LeftBehind? {
        former != nil && isFree(context) ? formerFiles(context, companions: companions) : nil
    }

    /// What earlier runs wrote for this path, whatever is where it leads now.
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

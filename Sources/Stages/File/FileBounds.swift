/// Maximum sizes for a pipeline file: far more than any needs, and little enough to be read in a second or two.
struct FileBounds {
    /// Bytes.
    static let size = 1_000_000
    /// Values, with each alias expanded: ten levels of ten aliases would be ten billion.
    static let values = 100_000
    /// Stages of one section.
    static let stages = 1000

    private var left = Self.values

    static func check(_ yaml: String, top: SourceLocation) throws(PlanError) {
        let count = yaml.utf8.count
        guard count > size else { return }
        throw PlanError([
            Diagnostic(
                "the file has \(count) bytes, more than the limit of \(size)",
                at: top
            )
        ])
    }

    /// Counts one more value.
    mutating func add(at location: SourceLocation) throws(PlanError) {
        left -= 1
        guard left < 0 else { return }
        throw PlanError([
            Diagnostic(
                "with its aliases expanded, the file has more than \(Self.values) values",
                hint: "make it smaller",
                at: location
            )
        ])
    }
}

extension ConfigNode {
    /// The stages of a section; if the section has too many, an empty list and a problem.
    package func stages(of section: String, problems: inout Problems) -> [ConfigNode] {
        let stages = stages
        guard stages.count > FileBounds.stages else { return stages }
        problems.add(
            Diagnostic(
                "'\(section)' has \(stages.count) stages, more than the limit of \(FileBounds.stages)",
                at: location
            )
        )
        return []
    }
}

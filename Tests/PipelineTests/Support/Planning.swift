import Pipeline
import Records
import Stages
import TestSupport
import Testing

let now = Timestamp(seconds: 1_767_225_600)

func plan(
    _ yaml: String,
    desk: Desk = Desk(),
    environment: Environment = .only([:]),
    overrides: [String] = [],
    file: String = "t.yaml",
    needsLoad: Bool = true
) throws -> Plan {
    try Planning(desk.catalog, environment: environment, startedAt: now, needsLoad: needsLoad).onePlan(
        for: PipelineText(yaml, file: file, overrides: try overrides.map(Override.init))
    )
}

/// The problems of a pipeline file, each behind the marker that stands at its place.
func problems(
    _ marked: String,
    environment: Environment = .only([:]),
    overrides: [String] = []
) throws -> [String] {
    let marked = MarkedText(marked)
    do {
        _ = try plan(marked.text, environment: environment, overrides: overrides)
        return []
    } catch let error as PlanError {
        return error.diagnostics.map { problem in
            "\(marked.marker(line: problem.location.line, column: problem.location.column)) \(problem.text)"
        }
    }
}

/// A pipeline that is right except for what a test puts in.
func pipeline(
    source: String = "{ platform: sandbox }",
    extract: String = "[devices]",
    transform: String = "[]",
    load: String = "[desk: { name: a }]"
) -> String {
    "source: \(source)\nextract: \(extract)\ntransform: \(transform)\nload: \(load)\n"
}

/// The settings of a pipeline's source.
func source(_ yaml: String, environment: Environment = .only([:])) throws -> SourceSettings {
    try plan(pipeline(source: yaml), environment: environment).source
}

extension ConfigNode {
    static func parsed(_ yaml: String, _ environment: Environment = .only([:])) throws -> ConfigNode {
        try parse(yaml, file: "t.yaml", environment: environment)
    }

    /// The text of a scalar, or of the value of a map's only entry.
    var text: String? {
        switch content {
        case .scalar(let scalar): scalar.text
        case .map(let pairs): pairs.first?.value.text
        case .list: nil
        }
    }
}

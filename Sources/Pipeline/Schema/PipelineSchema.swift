import Records
import Stages

extension Catalog {
    /// The JSON Schema of pipeline files, for editors: `pipelines/axport.schema.json`. Draft 7 is the latest that the
    /// language server for YAML supports.
    ///
    /// - Parameter columns: the names of columns to suggest.
    package func schema(columns: [String]) -> String {
        let definitions = Definition.plain + StageKind.allCases.map { Definition.stage($0) }
        let file = ValueForm.settings(PipelineSection.allCases.map(\.doc)).schema
        let document: OrderedJSON = [
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "axport pipeline file",
            "description": "Generated from the stages themselves; regenerate it with `make docs`.",
        ]
        return document.adding(file).adding([
            "oneOf": [["required": ["source"]], ["required": ["sources"]]],
            "anyOf": [["required": ["extract", "load"]], ["required": ["assign"]]],
            "definitions": .object(definitions.map { ($0.name, $0.schema(self, columns: columns)) }),
        ]).text
    }
}

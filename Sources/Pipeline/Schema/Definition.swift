import Records
import Stages

/// A part of the schema that has a name, because many settings use it.
enum Definition {
    case text, column, boolean, integer, number, reference, command
    case stage(StageKind)

    static let plain: [Definition] = [.text, .column, .boolean, .integer, .number, .reference, .command]

    var name: String { if case .stage(let kind) = self { "\(kind.rawValue)_stage" } else { "\(self)" } }

    var reference: OrderedJSON { ["$ref": .string("#/definitions/\(name)")] }

    /// - Parameter columns: the names to suggest.
    func schema(_ catalog: Catalog, columns: [String]) -> OrderedJSON {
        switch self {
        case .text: ["anyOf": [Self.scalar, Self.command.reference]]
        case .column: ["anyOf": [["enum": .strings(columns)], Self.scalar, Self.command.reference]]
        case .boolean:
            .anyText([["type": "boolean"], ["enum": .strings(["true", "yes", "on", "false", "no", "off"])]])
        case .integer: .anyText([["type": "integer"], ["type": "string", "pattern": "^[+-]?[0-9]+$"]])
        case .number:
            .anyText([["type": "number"], ["type": "string", "pattern": .string("^\(ValueForm.decimal)$")]])
        case .reference:
            ["type": "string", "pattern": #"\$\{(env|file|credential):[^}]*\}"#]
        case .command:
            [
                "description": "A program and its arguments: its output is the value.",
                "type": "object",
                "properties": [
                    "command": [
                        "description": "A program and its arguments: its output is the value.",
                        "anyOf": [
                            ["type": "array", "minItems": 1, "items": Self.text.reference], Self.text.reference,
                        ],
                    ]
                ],
                "required": ["command"],
                "additionalProperties": false,
            ]
        case .stage(.extract): Self.stages(catalog.extractors)
        case .stage(.transform): Self.stages(catalog.transforms)
        case .stage(.load): Self.stages(catalog.loaders, common: LoadPlan.settings)
        }
    }

    /// YAML has types for texts such as `5` and `true`, but settings read them as text.
    private static let scalar: OrderedJSON = ["type": .strings(["string", "number", "boolean", "null"])]

    /// One stage: its name, or its name and what follows it.
    ///
    /// - Parameter common: settings that every stage of the kind has.
    private static func stages<Stage>(_ specs: [StageSpec<Stage>], common: [SettingDoc] = []) -> OrderedJSON {
        let bare = specs.filter(\.needsNoBody)
        let names: OrderedJSON = [
            "enum": .strings(bare.map(\.name)), "markdownEnumDescriptions": .strings(bare.map(\.doc)),
        ]
        let docs = specs.map { spec in
            let form = spec.hasBareBody ? spec.bodyForm : .settings(common + spec.settings)
            let meaning = "\(spec.doc)\n\n```yaml\n\(spec.example)\n```"
            return SettingDoc(name: spec.name, type: "", form: form, meaning: meaning)
        }
        return ["anyOf": [names, ValueForm.oneOf(docs).schema, Self.reference.reference]]
    }
}

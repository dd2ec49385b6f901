import Stages

extension ValueForm {
    /// The JSON Schema of everything that the reader of a setting accepts.
    var schema: OrderedJSON {
        switch self {
        case .text: Definition.text.reference
        case .column: Definition.column.reference
        case .words(let words): .anyText([["enum": .strings(words)]])
        case .boolean: Definition.boolean.reference
        case .integer(nil): Definition.integer.reference
        case .integer(let minimum?):
            .anyText([
                ["type": "integer", "minimum": .number(minimum)], ["type": "string", "pattern": "^[+]?[0-9]+$"],
            ])
        case .number: Definition.number.reference
        case .pattern(let pattern): .anyText([["type": "string", "pattern": .string(pattern)]])
        case .empty: ["type": "null"]
        case .list(let form, let acceptsOne, let minimum):
            acceptsOne
                ? ["anyOf": [Self.array(of: form, minimum), form.schema]] : Self.array(of: form, minimum)
        case .named(let form):
            ["type": "object", "minProperties": 1, "additionalProperties": form.schema]
        case .settings(let docs): Self.settings(docs)
        case .account(let docs, let required, let setting, let values):
            Self.settings(docs).adding(Self.condition(required, setting, values))
        case .oneOf(let docs): Self.settings(docs).adding(["minProperties": 1, "maxProperties": 1])
        case .stages(let kind): kind.list
        case .anyOf(let forms): ["anyOf": .array(forms.map(\.schema))]
        case .anything: [:]
        }
    }

    private static func condition(_ required: [String], _ setting: String, _ values: [String]) -> OrderedJSON {
        let allowed: OrderedJSON = ["enum": .strings(values)]
        let chosen = OrderedJSON.object([(name: setting, value: allowed)])
        return [
            "if": ["properties": chosen, "required": .strings([setting])],
            "then": ["required": .strings(required)],
        ]
    }

    private static func array(of form: ValueForm, _ minimum: Int) -> OrderedJSON {
        let list: OrderedJSON = ["type": "array", "items": form.schema]
        return minimum > 0 ? list.adding(["minItems": .number(minimum)]) : list
    }

    private static func settings(_ docs: [SettingDoc]) -> OrderedJSON {
        let required = docs.filter(\.isRequired).map(\.name)
        return [
            // A name with everything below it commented out.
            "type": required.isEmpty ? ["object", "null"] : "object",
            "properties": .object(docs.map { (name: $0.name, value: $0.schema) }),
            "required": .strings(required),
            "additionalProperties": false,
        ]
    }
}

extension OrderedJSON {
    /// Scalars of some forms, or what can stand in place of any text: a reference, or the output of a command.
    static func anyText(_ forms: [OrderedJSON]) -> OrderedJSON {
        ["anyOf": .array(forms + [Definition.reference.reference, Definition.command.reference])]
    }
}

extension StageKind {
    /// A list of stages; one stage may stand for a list of one. Only transforms may be missing.
    fileprivate var list: OrderedJSON {
        let list: OrderedJSON = ["type": "array", "items": Definition.stage(self).reference]
        return self == .transform
            ? ["anyOf": [list, Definition.stage(self).reference, ["type": "null"]]]
            : ["anyOf": [list.adding(["minItems": 1]), Definition.stage(self).reference]]
    }
}

extension SettingDoc {
    /// The schema with what editors show: its meaning and its default.
    var schema: OrderedJSON {
        var members: [(name: String, value: OrderedJSON)] = []
        let usual = fallback.map { $0.isEmpty ? "" : "\n\nDefault: `\($0)`." } ?? ""
        let text = meaning + usual
        members.append(("description", .string(text.filter { $0 != "`" })))
        if text.contains("`") { members.append(("markdownDescription", .string(text))) }
        if let value = fallback.flatMap(form.value) { members.append(("default", value)) }
        return OrderedJSON.object(members).adding(form.schema.besideOthers)
    }
}

extension OrderedJSON {
    /// In draft 7, nothing beside `$ref` counts.
    fileprivate var besideOthers: OrderedJSON {
        if case .object(let members) = self, members.first?.name == "$ref" { ["allOf": [self]] } else { self }
    }
}

extension ValueForm {
    /// A default as JSON.
    fileprivate func value(of text: String) -> OrderedJSON? {
        switch self {
        case .boolean: .boolean(text == "true")
        case .integer: Int(text).map(OrderedJSON.number)
        case .list where text.hasPrefix("["):
            .strings(text.dropFirst().dropLast().split(separator: ", ").map(String.init))
        default: .string(text)
        }
    }
}

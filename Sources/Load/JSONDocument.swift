import Records
import Stages

/// One JSON document with all rows in it.
struct JSONDocument: FileLoader {
    let settings: FileSettings
    let document: JSONTemplate
    let elements: JSONElements

    static let spec = StageSpec<any Loader>(
        "json",
        """
        Writes one JSON document: a list of all rows, or a document that contains the list, such as a request body. The \
        file is replaced as a whole, and only if something changed.
        """,
        example: """
            json: { file: out/wlan.json, document: '{"mac_filter_list": $rows}', elements: values, columns: [serial_number] }
            """,
        shared: FileSettings.group,
        settings: Setting(
            "document",
            "JSON document in which `$rows` is replaced by the list.",
            default: JSONTemplate.listAlone
        ),
        Setting(
            "elements",
            "What each row becomes: an object, or the value of its only column.",
            default: JSONElements.objects
        ),
        build: JSONDocument.init
    )

    var sortsColumns: Bool { true }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems(settings.nameProblems(.json, at: location))
        problems.take(try settings.check(schema, at: location))
        if elements == .values, schema.fields.count != 1, schema.extent < .part {
            problems.add(
                Diagnostic(
                    "elements: values needs exactly one column, and there are \(schema.fields.count)",
                    hint: "name it with `columns:`",
                    at: location
                )
            )
        }
        try problems.end()
    }

    func format(_ schema: Schema) -> JSONDocumentFormat { JSONDocumentFormat(schema, self) }

    func syntax(_ schema: Schema, key: Int) -> (any ListSyntax)? {
        JSONList(
            key: schema.fields[key].name,
            frame: JSONList.Frame(preamble: format(schema).preamble),
            isValue: elements == .values
        )
    }
}

enum JSONElements: String, SettingValue, CaseIterable {
    case objects, values
}

/// JSON with a placeholder for the list of rows.
struct JSONTemplate: SettingValue, CustomStringConvertible {
    let before: String
    let after: String

    static let listAlone = JSONTemplate(before: "", after: "")
    private static let place = "$rows"

    static var typeName: String { "JSON with \(place)" }
    static var form: ValueForm { .pattern(#"\$rows"#) }
    var description: String { before + Self.place + after }

    private init(before: String, after: String) {
        self.before = before
        self.after = after
    }

    init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        let parts = text.split(separator: Self.place, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Diagnostic("expected JSON that contains \(Self.place) once", at: node.location)
        }
        (before, after) = (String(parts[0]), String(parts[1]))
        // A list with a text in it reveals a placeholder inside a text.
        let sample = Array((before + "[\n\"\"\n]" + after).utf8)
        do {
            try JSONReader().validate(sample)
        } catch {
            throw Diagnostic("this is not JSON after a list replaces \(Self.place): \(error)", at: node.location)
        }
    }
}

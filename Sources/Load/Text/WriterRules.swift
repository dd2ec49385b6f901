import Records

/// The writers' form of one value, for scripts (`axport normalize`).
package enum WriterRules {
    package static let all: [ValueRule] = [
        ValueRule("csv_field") { input, _ in
            try input.members(["value", "profile", "column_kind"]) { parts in
                let profile = parts["profile"].map { CSVProfile(rawValue: $0.string) } ?? .machine
                guard let profile else { return Judgment(refused: .format) }
                guard let value = parts["value"], !value.isNull else { return Judgment(text: []) }
                var text: [UInt8] = []
                try CSVField(profile: profile).append(
                    value.text,
                    isIdentifier: parts["column_kind"]?.string == "identifier",
                    to: &text
                )
                return Judgment(text: text)
            } ?? Judgment(refused: .type)
        },
        ValueRule("pg_copy_text") { input, _ in
            try input.members(["value"]) { parts in
                guard let value = parts["value"], !value.isNull else { return Judgment(text: Array(#"\N"#.utf8)) }
                var text: [UInt8] = []
                CopyText.append(text: value.text, to: &text)
                return Judgment(text: text)
            } ?? Judgment(refused: .type)
        },
        ValueRule("ndjson_line") { input, _ in
            guard case .object = input.kind else { return Judgment(refused: .type) }
            var line: [UInt8] = []
            try append(input, to: &line)
            return Judgment(text: line + [UInt8(ascii: "\n")])
        },
    ]

    /// A JSON value on one line: compact, with its members sorted by name.
    private static func append(_ value: JSONMember, to output: inout [UInt8]) throws {
        let reader = JSONReader()
        switch value.kind {
        case .array:
            output.append(UInt8(ascii: "["))
            var isFirst = true
            try reader.members(value.text) { element in
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                try append(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object:
            var members: [(name: [UInt8], value: [UInt8])] = []
            try reader.members(value.text) { member in
                var text: [UInt8] = []
                try append(member, to: &text)
                members.append((Array(member.key), text))
            }
            members.sort { $0.name.lexicographicallyPrecedes($1.name) }
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output += JSONText.string(member.name) + [UInt8(ascii: ":")] + member.value
            }
            output.append(UInt8(ascii: "}"))
        default: JSONText.append(value, to: &output)
        }
    }
}

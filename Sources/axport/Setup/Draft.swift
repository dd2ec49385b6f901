import Stages

/// The text of a new pipeline file: that of its purpose, with the answers in place.
struct Draft {
    let purpose: Purpose
    let answers: Answers
    /// The pipeline's name; nil for the purpose's.
    var name: String?
    let variables: [String: String]

    /// - Parameter schema: the line for editors.
    func text(schema: SchemaLine?) -> String {
        var lines: [String] = schema.map { [$0.text] } ?? []
        var isInSource = false
        for line in purpose.text.split(separator: "\n", omittingEmptySubsequences: false) {
            if SchemaLine.isOne(line) { continue }
            if isInSource, line.hasPrefix(" ") { continue }
            isInSource = line == "source:"
            if isInSource {
                lines += SourceBlock(answers: answers, variables: variables).lines
            } else {
                lines.append(changed(line))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func changed(_ line: Substring) -> String {
        if let name, line.hasPrefix("name: ") { return "name: \(name.asYAML)" }
        if let folder = answers.folder, let match = line.wholeMatch(of: Self.file) {
            return match.output.1 + "\(folder)\(match.output.2)".asYAML
        }
        guard let database = answers.database, !answers.hasPassword, let variable = purpose.databaseVariable else {
            return String(line)
        }
        let reference = "${env:\(variable)}"
        let url = database.quotedYAML
        return String(
            line.replacing("\"\(reference)\"", with: url).replacing("url: \(reference)", with: "url: \(url)")
        )
    }

    private static var file: Regex<(Substring, Substring, Substring)> {
        /( +(?:- )?file: )"?\$\{env:STATE_DIRECTORY:-out\}([^"]*)"?/
    }

    /// The variables without a default that the file names.
    static func variables(in text: String) -> [String] {
        let lines = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
        var names: [String] = []
        for line in lines {
            for match in line.matches(of: /\$\{env:([^}:]+)\}/) where !names.contains(String(match.output.1)) {
                names.append(String(match.output.1))
            }
        }
        return names
    }
}

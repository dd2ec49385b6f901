import Records

/// The steps to install a schedule, as numbered comments of its file. Each command has a separate line.
struct Steps {
    private let title: String
    private var steps: [(what: String, commands: [String])] = []

    init(_ title: String) { self.title = title }

    mutating func add(_ what: String, _ commands: [String]) { steps.append((what, commands)) }

    /// The file of the variables that the pipeline requires, if any.
    mutating func add(variables: [String], file: String, sudo: String = "sudo ") {
        if variables.isEmpty { return }
        let word = file.asShellWord
        add(
            "Set \(variables.joined(separator: ", ")) in this file, as lines NAME='value'.",
            [
                "\(sudo)touch \(word)", "\(sudo)chmod 600 \(word)",
                sudo.isEmpty ? "${EDITOR:-vi} \(word)" : "sudoedit \(word)",
            ]
        )
    }

    /// - Parameter comment: the beginning of each line; empty inside an existing comment.
    func text(comment: String) -> String {
        var lines = [title]
        for (index, step) in steps.enumerated() {
            lines.append("\(index + 1). \(step.what)")
            lines += step.commands.map { "     \($0)" }
        }
        return lines.map { comment + $0 }.joined(separator: "\n")
    }
}

import Records

/// `{ command: [program, argument, …] }` in place of text: the program's output is the value. The program runs when
/// the value is first needed, so that nothing asks a vault for the key of a source that was not selected.
package struct CommandValue: Sendable {
    private let arguments: [ConfigNode]
    private let environment: Environment
    private let location: SourceLocation

    /// Nil if the map does not have this form.
    init?(_ pairs: [(key: ConfigNode, value: ConfigNode)], environment: Environment, at location: SourceLocation) {
        guard pairs.count == 1, pairs[0].key.scalarText == "command" else { return nil }
        arguments = pairs[0].value.items
        self.environment = environment
        self.location = location
    }

    var text: String {
        get throws(Diagnostic) {
            if isUnknown { return mark }
            for file in [environment.pipelineFile, environment.table] {
                if let refusal = file?.refusalOfCommands(at: location) { throw refusal }
            }
            let words = try words
            switch environment.programs.output(of: words) {
            case .success(let text): return text
            case .failure(let problem):
                throw Diagnostic(
                    "the command \(words[0]) \(problem.message)",
                    hint: problem.hint,
                    at: location,
                    code: .credentialsRefused
                )
            }
        }
    }

    private var words: [String] {
        get throws(Diagnostic) {
            var words: [String] = []
            for argument in arguments { words.append(try String(from: argument)) }
            guard words.first?.isEmpty == false else {
                throw Diagnostic("'command' is empty", hint: "write [program, argument, …]", at: location)
            }
            return words
        }
    }

    var isUnknown: Bool { !environment.readsSecrets }

    /// The value; nil until the program has run.
    var known: String? { (try? words).flatMap(environment.programs.known) }

    /// The program, for messages that must not show the value.
    var mark: String { "‹output of \(arguments.first?.scalarText ?? "command")›" }

    func hide(_ text: String) { if !isUnknown { environment.secrets.add(text) } }
}

extension ConfigNode {
    /// Runs the commands of the map's entries and returns their problems. For a map with only text values.
    package var failedCommands: [Diagnostic] {
        guard case .map(let pairs) = content else { return [] }
        var problems = Problems()
        for (_, value) in pairs where value.command != nil { _ = problems.keep(try String(from: value)) }
        return problems.found
    }
}

import Records
import Yams

/// A text that the YAML library refuses, told in words of ours. The library's words are never the message: they may
/// repeat lines of the file, and with them a password.
struct YAMLFault {
    let lines: YAMLLines
    let file: String
    /// Where the library stopped.
    let mark: Mark
    /// Where the library was in the middle of something.
    let start: Mark?
    /// What the library calls it.
    let problem: String

    init?(_ error: YamlError, in yaml: String, file: String) {
        self.file = file
        lines = YAMLLines(yaml)
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.mark = mark
            self.problem = problem
            start = context?.mark
        case .duplicatedKeysInMapping(let names, let context):
            mark = context.mark
            start = nil
            problem = names.first ?? ""
        default: return nil
        }
    }

    /// The problems, most of the time one.
    var diagnostics: [Diagnostic] {
        if lines.hasTabIndentation(mark.line) { return tabs }
        return [slip ?? other]
    }

    private var slip: Diagnostic? {
        if problem == "but found another document" { return secondDocument }
        return reference ?? openQuote ?? openBracket ?? textAfterQuote ?? firstCharacter ?? missingBlank ?? colon
            ?? missingComma ?? indentation
    }

    private var other: Diagnostic {
        diagnostic(
            "this is not valid YAML",
            hint: "check the indentation, quotes and brackets here and in the line above",
            mark.line,
            mark.column
        )
    }

    func diagnostic(_ message: String, hint: String, _ line: Int, _ column: Int) -> Diagnostic {
        Diagnostic(message, hint: hint, at: SourceLocation(file: file, line: line, column: max(column, 1)))
    }

    private var tabs: [Diagnostic] {
        lines.tabs(from: mark.line).map { line, column in
            diagnostic("a tab is part of the indentation", hint: "indent with spaces", line, column)
        }
    }

    private var secondDocument: Diagnostic {
        diagnostic(
            "a second document begins here, and a pipeline file is one",
            hint: "remove the line `---`, or make two files",
            mark.line,
            mark.column
        )
    }

    /// A name that is written twice in one map.
    func repeated(_ name: String) -> Diagnostic {
        let places = lines.places(ofKey: name, from: (mark.line, mark.column))
        let second = places.dropFirst().first ?? places.first ?? (mark.line, mark.column)
        return diagnostic(
            "'\(name)' is written twice",
            hint:
                "remove one of the two, or put them together; the first is on line \(places.first?.line ?? mark.line)",
            second.line,
            second.column
        )
    }
}

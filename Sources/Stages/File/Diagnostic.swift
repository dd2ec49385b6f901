import Records

/// A place in a pipeline file. Lines and columns count from 1.
package struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    package var file: String, line: Int, column: Int
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
    package var description: String { "\(file):\(line):\(column)" }
}

/// One problem with a pipeline file.
package struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        case error, warning
        /// Nobody can tell: it depends on another problem, or on a value that is unknown here. Never shown.
        case unjudged
    }
    package var severity: Severity = .error
    package var message: String
    /// What to do about it.
    package var hint: String?
    package var location: SourceLocation
    /// Exit code if this problem stops the process.
    package var code: Outcome

    package init(
        _ message: String,
        hint: String? = nil,
        at location: SourceLocation,
        severity: Severity = .error,
        code: Outcome = .pipelineInvalid
    ) {
        self.severity = severity
        self.message = message.controlsVisible
        self.hint = hint?.controlsVisible
        self.location = location
        self.code = code
    }

    package init(
        _ problem: Problem,
        at location: SourceLocation,
        severity: Severity = .error,
        code: Outcome = .pipelineInvalid
    ) {
        self.init(problem.message, hint: problem.hint, at: location, severity: severity, code: code)
    }

    /// See ``Severity/unjudged``.
    package static func unjudged(at location: SourceLocation) -> Diagnostic {
        Diagnostic("not judged", at: location, severity: .unjudged)
    }

    /// The diagnostic on one line.
    package var description: String { "\(location): \(severity.rawValue): \(text)" }

    /// Problem and hint on one line, without the place.
    package var text: String { hint.map { "\(message); \($0)" } ?? message }

    /// For people: the place and the problem and, on a separate line, what to do.
    package var told: String {
        let what = "\(location): \(severity.rawValue): \(message)"
        return hint.map { "\(what)\nhint: \($0)" } ?? what
    }
}

/// Every problem found, so that one `check` shows all.
package struct PlanError: Error, Sendable, CustomStringConvertible {
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    /// The exit code of the problems if they agree.
    package var code: Outcome {
        let codes = Set(diagnostics.map(\.code))
        return codes.count == 1 ? codes.first ?? .pipelineInvalid : .pipelineInvalid
    }

    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

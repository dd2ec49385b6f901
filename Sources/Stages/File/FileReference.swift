import Records

/// `${env:NAME}`, `${env:NAME:-default}`, `${file:PATH}` or `${credential:NAME}` in a pipeline file.
package struct Reference: Sendable {
    /// The reference as written, for messages that must not show the value.
    package let text: String
    /// Permission bits of the file with the value.
    package let fileMode: UInt16?
    package let filePath: String?
    /// The value; nil if the value is in the pipeline file itself or unknown. Messages show ``text`` instead.
    let value: String?
    /// Whether nothing here has the value.
    let isUnknown: Bool

    fileprivate init(_ inner: String, _ found: Environment.Found?) {
        text = "${\(inner)}"
        fileMode = found?.mode
        filePath = found?.path
        isUnknown = found?.text == nil
        value = found?.isInTheFile == true ? nil : found?.text
    }

    /// The first character of the text in place of an unknown value.
    static let standInMark = "‹"

    /// The text in place of an unknown value: every setting that takes any text takes it.
    fileprivate static func standIn(for inner: String) -> String {
        "\(standInMark)\(inner.split(separator: ":").last?.split(separator: "/").last ?? "reference")›"
    }
}

extension Environment {
    package struct Resolved {
        package var text = ""
        package var references: [Reference] = []
        package var problems: [Diagnostic] = []
        package let secrets: Secrets
        let base: PathBase

        /// The value as a node of a file.
        package func node(at location: SourceLocation) -> ConfigNode {
            let scalar = ConfigNode.Scalar(
                text: text,
                references: references,
                isOnOneLine: false,
                isQuoted: false,
                unresolved: problems,
                secrets: secrets,
                base: base
            )
            return ConfigNode(content: .scalar(scalar), location: location)
        }

        fileprivate mutating func take(
            _ value: Result<Found, Problem>,
            as reference: String,
            at location: SourceLocation
        ) {
            var found: Found?
            switch value {
            case .success(let value): found = value
            case .failure(let problem):
                problems.append(Diagnostic("${\(reference)}: \(problem.message)", hint: problem.hint, at: location))
            }
            text += found?.text ?? Reference.standIn(for: reference)
            references.append(Reference(reference, found))
        }

        fileprivate mutating func refuse(_ rest: Substring, _ message: String, at location: SourceLocation) {
            problems.append(Diagnostic(message, at: location))
            references.append(Reference(String(rest), nil))
        }
    }

    /// Replaces every reference in a scalar. An unresolved one is an error, never a literal. Replacements are not
    /// searched for references, so a value may contain `${` or line breaks.
    package func resolve(_ text: String, at location: SourceLocation) -> Resolved {
        var resolved = Resolved(secrets: secrets, base: base)
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            resolved.text += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                resolved.refuse(rest, "'${' without '}'", at: location)
                return resolved
            }
            let inner = String(rest[start.upperBound..<end])
            guard !inner.contains("${") else {
                resolved.refuse(rest, "a reference must not contain another reference", at: location)
                return resolved
            }
            resolved.take(value(of: inner), as: inner, at: location)
            rest = rest[rest.index(after: end)...]
        }
        resolved.text += rest
        return resolved
    }

    /// The contents of a file, as `${file:PATH}` reads it, for a path with any characters.
    package func resolve(file path: String, at location: SourceLocation) -> Resolved {
        var resolved = Resolved(secrets: secrets, base: base)
        resolved.take(file(path), as: "file:\(path)", at: location)
        return resolved
    }

    fileprivate struct Found {
        /// Nil if secrets are not read.
        let text: String?
        /// Whether it is a default in the pipeline file itself.
        var isInTheFile = false
        var mode: UInt16?
        var path: String?
    }

    private func value(of reference: String) -> Result<Found, Problem> {
        guard let colon = reference.firstIndex(of: ":") else {
            let forms = ReferenceKind.allCases.map(\.form)
            return .failure(Problem("expected \(forms.dropLast().joined(separator: ", ")) or \(forms.last ?? "")"))
        }
        let name = String(reference[reference.index(after: colon)...])
        let kind = String(reference[..<colon])
        switch ReferenceKind(rawValue: kind) {
        case .env: return variable(name)
        case .file: return file(name)
        case .credential:
            guard readsSecrets else { return .success(Found(text: nil)) }
            guard let folder = variables["CREDENTIALS_DIRECTORY"] else {
                return .failure(
                    Problem("CREDENTIALS_DIRECTORY is not set", hint: "systemd sets it for LoadCredential=")
                )
            }
            return file("\(FilePlace.absolute(folder))/\(name)").map { file in
                // systemd grants access by an access control list, which stat reports as group permissions.
                Found(text: file.text, mode: file.mode.map { $0 & 0o707 }, path: file.path)
            }
        case nil:
            let known = ReferenceKind.allCases.map(\.rawValue)
            return .failure(unknownName("kind of reference", kind, known: known))
        }
    }

    private func variable(_ reference: String) -> Result<Found, Problem> {
        let parts = reference.split(separator: ":-", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        if let value = value(of: name) { return .success(Found(text: value)) }
        if parts.count == 2 { return .success(Found(text: String(parts[1]), isInTheFile: true)) }
        guard readsSecrets else { return .success(Found(text: nil)) }
        let state = emptyVariables.contains(name) ? "empty" : "not set"
        return .failure(
            Problem("the environment variable \(name) is \(state)", hint: "set it in the environment of axport")
        )
    }

    private func file(_ name: String) -> Result<Found, Problem> {
        guard let path = base.absolute(name) else {
            return .failure(Problem(PathBase.noHome, hint: PathBase.noHomeHint))
        }
        guard readsSecrets else { return .success(Found(text: nil, path: path)) }
        return read(name, at: path).flatMap { file in
            // The line feed at the end of a text file is not part of the value.
            let text =
                file.text.hasSuffix("\r\n") || file.text.hasSuffix("\n") ? String(file.text.dropLast()) : file.text
            if text.allSatisfy(\.isWhitespace) {
                return .failure(
                    Problem("the file is empty", hint: "write the value into it, or copy it again")
                )
            }
            return .success(Found(text: text, mode: file.mode, path: path))
        }
    }

    /// Reads a file. A message shows where a relative path leads.
    private func read(_ name: String, at path: String) -> Result<File, Problem> {
        readFile(path).mapError { problem in
            if name.hasPrefix("/") { return problem }
            var hint = problem.hint
            if let former = base.former(name), case .success = readFile(former) {
                hint = "\(former) exists: move it, or write its full path"
            }
            return Problem("\(path): \(problem.message)", hint: hint)
        }
    }
}

import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks for what the command line does not say, and tests each answer. A wrong one is explained and asked again.
struct Interview {
    var prompt: Prompt
    let environment: Environment

    init?(environment: Environment) {
        guard let prompt = Prompt() else { return nil }
        self.prompt = prompt
        self.environment = environment
    }

    mutating func purpose() throws -> Purpose {
        while true {
            let text = try prompt.ask("What is it for? (? lists the purposes)", usual: Purpose.usual)
            if text == "?" {
                Output.note(PurposeList().text(columns: Output.messages.columns))
                continue
            }
            do {
                return try Purpose.named(text.isEmpty ? Purpose.usual : text)
            } catch {
                prompt.explain(Problem(error.message, hint: error.advice))
            }
        }
    }

    mutating func platform() throws -> Platform {
        let names = Platform.allCases.map(\.rawValue)
        while true {
            let text = try prompt.ask(
                "Platform: business, school, or sandbox (simulated, without an Apple account)",
                usual: Platform.business.rawValue
            )
            if text.isEmpty { return .business }
            if let platform = Platform(rawValue: text.lowercased()) { return platform }
            prompt.explain(unknownName("platform", text, known: names))
        }
    }

    /// Asks for the parts of the account that the command line does not name.
    mutating func account(_ answers: inout Answers) async throws {
        let given = answers
        while true {
            if given.clientID == nil { try id(\.clientID, "Client ID", SourceBlock.clientVariable, &answers) }
            if given.keyID == nil { try id(\.keyID, "Key ID", SourceBlock.keyVariable, &answers) }
            if given.key == nil { try key(&answers) }
            guard try await isRefused(answers), given.clientID == nil || given.keyID == nil || given.key == nil,
                try prompt.agree("Answer the questions about the account again?", usual: true)
            else { return }
            answers = given
        }
    }

    private mutating func id(
        _ part: WritableKeyPath<Answers, String?>,
        _ name: String,
        _ variable: String,
        _ answers: inout Answers
    ) throws {
        repeat {
            let text = try prompt.ask("\(name) of the API account", usual: "from the variable \(variable)")
            answers[keyPath: part] = text.isEmpty ? nil : text
        } while try !isTaken(AccountTrial(answers: answers, environment: environment).findings())
    }

    private mutating func isTaken(_ findings: AccountTrial.Findings) throws -> Bool {
        for problem in findings.problems { prompt.explain(problem) }
        guard findings.problems.isEmpty else { return false }
        for doubt in findings.doubts { prompt.explain(doubt, .warning) }
        return try findings.doubts.isEmpty || keeps()
    }

    mutating func keeps() throws -> Bool { try prompt.agree("Keep it all the same?", usual: false) }

    private mutating func key(_ answers: inout Answers) throws {
        let usual = environment.variables["AXPORT_PRIVATE_KEY_FILE"] ?? Answers.usualKey
        while true {
            let text = try prompt.ask("File with the private key", usual: usual)
            do throws(Failure) {
                answers.key = try UserPath(text.isEmpty ? usual : text, environment).forReference
            } catch {
                prompt.explain(Problem(error.message, hint: error.advice))
                continue
            }
            if try isTaken(key: answers) { return }
        }
    }

    private mutating func isTaken(key answers: Answers) throws -> Bool {
        let trial = AccountTrial(answers: answers, environment: environment)
        var problems = trial.findings().problems
        guard let path = answers.key, !problems.isEmpty else { return true }
        for problem in problems { prompt.explain(problem) }
        var status = stat()
        guard stat(path, &status) == 0 else {
            return try prompt.agree("Keep this path, and put the key there later?", usual: false)
        }
        guard status.st_mode & 0o077 != 0, status.st_uid == geteuid(), status.isRegular,
            try prompt.agree("Let nobody else read it (chmod 600)?", usual: true)
        else { return false }
        guard chmod(path, 0o600) == 0 else {
            prompt.explain(Problem("\(path): \(Descriptor.problem)"))
            return false
        }
        problems = trial.findings().problems
        for problem in problems { prompt.explain(problem) }
        return problems.isEmpty
    }

    /// Requests a token if the user agrees.
    private mutating func isRefused(_ answers: Answers) async throws -> Bool {
        let trial = AccountTrial(answers: answers, environment: environment)
        let findings = trial.findings()
        let isKnown =
            (answers.clientID ?? environment.variables[SourceBlock.clientVariable]) != nil
            && (answers.keyID ?? environment.variables[SourceBlock.keyVariable]) != nil
        guard isKnown, findings.problems.isEmpty, let source = findings.source,
            try prompt.agree("Test the account? axport requests a token from Apple, and nothing else", usual: true)
        else { return false }
        guard let problem = await trial.tokenProblem(of: source) else {
            Output.note("Apple accepts the account.")
            return false
        }
        prompt.explain(problem)
        return true
    }
}

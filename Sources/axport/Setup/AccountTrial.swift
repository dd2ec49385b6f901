import AppleClient
import Pipeline
import Records
import Stages

/// Judges the answers about the API account as a run does.
struct AccountTrial {
    let answers: Answers
    let environment: Environment

    /// What is certainly wrong, and what may be wrong.
    struct Findings {
        var problems: [Problem] = []
        var doubts: [Problem] = []
        var source: SourceSettings?
    }

    /// Judges the answers that are there; the others may be missing.
    func findings() -> Findings {
        var known = answers
        let variables = environment.variables
        if known.clientID == nil, variables[SourceBlock.clientVariable] == nil { known.clientID = standIn }
        if known.keyID == nil, variables[SourceBlock.keyVariable] == nil { known.keyID = Self.anyUUID }
        var block = SourceBlock(answers: known, variables: variables).lines
        if known.key == nil { block[block.count { !$0.isAboutServers } - 1] = "  private_key: none" }
        do {
            let root = try ConfigNode.read(block.joined(separator: "\n"), file: "source", environment: environment)
            guard let node = root["source"], node.unresolved.isEmpty else {
                return Findings(problems: root.unresolved.map(Problem.init))
            }
            let source = try SourceSettings.spec.build(key: node, body: node)
            var found = Findings(
                problems: source.problems(at: node.location).map(Problem.init),
                doubts: source.doubts.map(Problem.init),
                source: source
            )
            if known.key != nil, source.platform != .sandbox { found.problems += problems(of: source.privateKey) }
            return found
        } catch {
            return Findings(problems: error.diagnostics.map(Problem.init))
        }
    }

    private static let anyUUID = "00000000-0000-0000-0000-000000000000"

    private var standIn: String { "\(answers.platform.rawValue.uppercased())API.\(Self.anyUUID)" }

    private func problems(of key: KeySetting) -> [Problem] {
        do {
            _ = try PrivateKey(key)
            return []
        } catch {
            return [Problem(error.message, hint: error.advice)]
        }
    }

    /// Requests a token from Apple.
    ///
    /// - Returns: what is wrong; nil if Apple gave one.
    func tokenProblem(of source: SourceSettings) async -> Problem? {
        do {
            let inquiry = try Inquiry(
                source,
                environment: environment.variables,
                secrets: environment.secrets,
                network: nil
            )
            let (contact, access) = try await inquiry.token(PrivateKey(source.privateKey), within: 12)
            if access != nil { return nil }
            if let skew = contact.skew, skew.isTooLarge { return Problem("\(skew)", hint: ClockSkew.advice) }
            guard let error = contact.error else {
                return Problem("\(contact.host) limits requests", hint: "run `axport doctor` later")
            }
            let failure = Failure(of: error)
            return Problem(failure.message, hint: failure.advice)
        } catch {
            let failure = Failure(of: error)
            return Problem(failure.message, hint: failure.advice)
        }
    }
}

extension Problem {
    init(_ diagnostic: Diagnostic) { self.init(diagnostic.message, hint: diagnostic.hint) }
}

extension String {
    fileprivate var isAboutServers: Bool { hasPrefix("  api_url:") || hasPrefix("  token_url:") }
}

import Stages

/// The section `source` of a new pipeline file.
struct SourceBlock {
    let answers: Answers
    /// Servers in Apple's place: variables that name them, as `axport export` reads them.
    let variables: [String: String]

    var lines: [String] {
        if answers.platform == .sandbox {
            return ["source:", "  platform: sandbox    # simulated; for an organization, business or school with:"]
                + account.map { "  #\($0.dropFirst())" }
        }
        return ["source:", "  platform: \(answers.platform.rawValue)"] + account + servers
    }

    private var account: [String] {
        let key = "${file:\(answers.key ?? Answers.usualKey)}"
        return [
            "  client_id: \((answers.clientID ?? "${env:\(Self.clientVariable)}").asYAML)",
            "  key_id: \((answers.keyID ?? "${env:\(Self.keyVariable)}").asYAML)", "  private_key: \(key.asYAML)",
        ]
    }

    private var servers: [String] {
        [("api_url", "AXPORT_API_URL"), ("token_url", "AXPORT_TOKEN_URL")]
            .filter { variables[$0.1] != nil }.map { "  \($0.0): ${env:\($0.1)}" }
    }

    static let clientVariable = "AXPORT_CLIENT_ID"
    static let keyVariable = "AXPORT_KEY_ID"
}

extension String {
    /// The text as a YAML scalar outside braces, quoted if needed.
    var asYAML: String {
        let isPlain =
            wholeMatch(of: /[A-Za-z0-9\/$~][^"\\\x00-\x1F\x7F]*/) != nil && !contains(": ") && !contains(" #")
            && !hasSuffix(":") && !hasSuffix(" ") && Double(self) == nil
            && !["true", "false", "null", "yes", "no", "on", "off", "~"].contains(lowercased())
        return isPlain ? self : quotedYAML
    }

    /// The text in double quotes, as it can stand anywhere.
    var quotedYAML: String {
        let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped.replacing("\n", with: "\\n").replacing("\t", with: "\\t"))\""
    }
}

import Records

/// Client ID and key ID of an API account, checked by form: `BUSINESSAPI.` or `SCHOOLAPI.` and a UUID; a UUID.
struct AccountIDs: Sendable {
    let client, key: LocatedText?
    let platform: Platform

    private static let quotes: [Character: Character] = ["\"": "\"", "'": "'", "“": "”", "‘": "’", "„": "“"]

    /// Certain errors.
    var problems: [Diagnostic] {
        guard let client, let key else { return [] }
        if client.text.isUUID, Self.platform(of: key.text) != nil {
            return [
                Diagnostic(
                    "client_id and key_id are swapped",
                    hint: "client_id is the one that begins with \(Self.prefix(of: platform))",
                    at: client.location
                )
            ]
        }
        return problems(of: client, "client_id") + problems(of: key, "key_id") + otherPlatform(of: client)
    }

    /// Differences from Apple's documentation that may still be right.
    var doubts: [Diagnostic] {
        guard let client, let key else { return [] }
        var found: [Diagnostic] = []
        let prefix = Self.prefix(of: platform)
        if !client.isUnknown,
            !(client.text.uppercased().hasPrefix(prefix) && String(client.text.dropFirst(prefix.count)).isUUID)
        {
            found.append(
                Diagnostic(
                    "client_id is not \(prefix) and a UUID",
                    hint: "compare it with the client ID of the API account",
                    at: client.location,
                    severity: .warning
                )
            )
        }
        if !key.isUnknown, !key.text.isUUID {
            found.append(
                Diagnostic(
                    "key_id is not a UUID",
                    hint: "compare it with the key ID of the API account",
                    at: key.location,
                    severity: .warning
                )
            )
        }
        return found
    }

    private func problems(of id: LocatedText, _ setting: String) -> [Diagnostic] {
        if id.isUnknown { return [] }
        if id.text.count > 1, let first = id.text.first, Self.quotes[first] == id.text.last {
            return [
                Diagnostic(
                    "\(setting) has quotes around it",
                    hint: "remove them where the value is set; an env file keeps quotes that a shell would drop",
                    at: id.location
                )
            ]
        }
        // Apple's IDs have no blanks and are shorter than a key.
        let scalars = id.text.unicodeScalars
        let blank = { (scalar: Unicode.Scalar) in scalar.isControl || scalar.properties.isWhitespace }
        if id.text.utf8.count > 128 || scalars.dropFirst().dropLast().contains(where: blank) {
            return [
                Diagnostic(
                    "\(setting) contains white space",
                    hint: "check whether it is the value of another setting",
                    at: id.location
                )
            ]
        }
        guard scalars.contains(where: blank) else { return [] }
        return [
            Diagnostic(
                "\(setting) begins or ends with a blank",
                hint: "remove it where the value is set",
                at: id.location
            )
        ]
    }

    private func otherPlatform(of client: LocatedText) -> [Diagnostic] {
        guard !client.isUnknown, let other = Self.platform(of: client.text), other != platform else { return [] }
        return [
            Diagnostic(
                "client_id '\(client.text)' is of platform \(other.rawValue), not \(platform.rawValue)",
                hint: "write platform: \(other.rawValue), or take the client ID of the other account",
                at: client.location
            )
        ]
    }

    private static func prefix(of platform: Platform) -> String { "\(platform.rawValue.uppercased())API." }

    private static func platform(of id: String) -> Platform? {
        [Platform.business, .school].first { id.uppercased().hasPrefix(prefix(of: $0)) }
    }
}

extension String {
    /// Whether the text has five groups of hexadecimal digits, as in RFC 9562.
    fileprivate var isUUID: Bool {
        let groups = split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }
}

/// A text with its place in the file.
struct LocatedText: SettingValue {
    static var typeName: String { String.typeName }
    let text: String
    let location: SourceLocation
    let isUnknown: Bool

    init(from node: ConfigNode) throws(Diagnostic) {
        text = try String(from: node)
        isUnknown = node.isUnknown
        location = node.location
    }
}

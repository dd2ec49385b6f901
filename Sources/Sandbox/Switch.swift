/// The name, the values and the meaning of a member of ``SandboxSwitches``.
package struct Switch: Sendable {
    package let name: String
    /// The first value is the default. The others are all, or examples where `isOpen`.
    package let values: [String]
    package let meaning: String
    let isOpen: Bool
    let set: @Sendable (String, inout SandboxSwitches) -> Bool

    init<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<SandboxSwitches, Choice> & Sendable,
        _ meaning: String
    ) where Choice.RawValue == String {
        let standard = SandboxSwitches()[keyPath: path].rawValue
        self.name = name
        self.meaning = meaning
        values = [standard] + Choice.allCases.map(\.rawValue).filter { $0 != standard }
        isOpen = false
        set = { text, switches in
            guard let choice = Choice(rawValue: text) else { return false }
            switches[keyPath: path] = choice
            return true
        }
    }

    init<Value: Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<SandboxSwitches, Value> & Sendable,
        _ examples: [String],
        _ meaning: String,
        _ read: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.meaning = meaning
        values = examples
        isOpen = true
        set = { text, switches in
            guard let value = read(text) else { return false }
            switches[keyPath: path] = value
            return true
        }
    }

    fileprivate var expectation: String {
        isOpen ? "a value such as \(values.joined(separator: " or "))" : "one of \(values.joined(separator: ", "))"
    }
}

extension SandboxSwitches {
    /// Every switch of answers, for reading `NAME=VALUE` and for a command's help.
    package static let all = [
        Switch("unassigned", \.unassigned, "assignedServer answer for a device without a server"),
        Switch("ethernet", \.ethernet, "form of ethernetMacAddress"),
        Switch("purchase-source", \.purchaseSource, "purchaseSourceId, or purchaseSourceUid as in some samples"),
        Switch("absent", \.absent, "an attribute without a value is omitted, or sent as null"),
        Switch("next", \.next, "links.next with only the cursor, or also with limit and fields"),
        Switch("end", \.end, "nextCursor of the last page"),
        Switch("retry-after", \.retryAfter, "form of Retry-After on status 429"),
        Switch("token-error", \.tokenError, "status of invalid_client"),
        Switch("no-coverage", \.noCoverage, "AppleCare coverage of a device that has none"),
        Switch("limit", \.limit, "a limit outside 1 to 1000 is an error, or is clamped"),
        Switch("activity-log", \.activityLog, "log of an activity with or without lines before its header"),
        Switch("role", \.role, "what the role of the API account can do"),
        Switch("list", \.list, "lists contain all devices, lack about one in twelve present devices, or contain none"),
        Switch(
            "denied",
            \.denied,
            "devices denied to single-device requests: none, or one in twenty, with this status"
        ),
        Switch("shapes", \.shapes, "values as documented, or some with another type or unknown enum values"),
    ]

    mutating func set(_ settings: [String], of known: [Switch]) throws(SandboxError) {
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let named = known.first(where: { $0.name == parts[0] }) else {
                let names = known.map(\.name).joined(separator: ", ")
                throw SandboxError("no switch '\(parts[0])'; choose one of \(names)")
            }
            guard parts.count == 2, named.set(parts[1], &self) else {
                throw SandboxError("'\(setting)': expected \(named.name) to be \(named.expectation)")
            }
        }
    }
}

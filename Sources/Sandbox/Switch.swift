/// The name, the values and the meaning of one member of ``SandboxSwitches``.
package struct Switch: Sendable {
    package let name: String
    /// The first is the default.
    package let values: [String]
    package let meaning: String
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
        set = { text, switches in
            guard let choice = Choice(rawValue: text) else { return false }
            switches[keyPath: path] = choice
            return true
        }
    }
}

extension SandboxSwitches {
    /// Every switch, for reading `NAME=VALUE` and for a command's help.
    package static let all = [
        Switch("unassigned", \.unassigned, "assignedServer linkage of a device without a server"),
        Switch("ethernet", \.ethernet, "form of ethernetMacAddress"),
        Switch("purchase-source", \.purchaseSource, "purchaseSourceId, or purchaseSourceUid as in some samples"),
        Switch("absent", \.absent, "an attribute without a value is left out, or sent as null"),
        Switch("next", \.next, "links.next with the cursor alone, or with limit and fields as well"),
        Switch("end", \.end, "nextCursor of the last page"),
        Switch("retry-after", \.retryAfter, "form of Retry-After on status 429"),
        Switch("token-error", \.tokenError, "status of invalid_client"),
        Switch("no-coverage", \.noCoverage, "AppleCare coverage of a device that has none"),
        Switch("limit", \.limit, "a limit outside 1 to 1000 is refused, or brought into range"),
        Switch("activity-log", \.activityLog, "log of an activity with lines before its header, or without"),
        Switch("role", \.role, "what the role of the API account may read"),
        Switch("list", \.list, "lists hold all devices, lack about one in twelve that is still there, or hold none"),
        Switch(
            "denied",
            \.denied,
            "devices that are denied when asked for alone: none, or one in twenty, with this status"
        ),
        Switch("shapes", \.shapes, "values as documented, or a few of another type and unknown enum words"),
    ]
}

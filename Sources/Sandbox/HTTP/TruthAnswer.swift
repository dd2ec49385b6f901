/// `GET /sandbox/truth`: what happened, whatever lists show. Not a part of Apple's API, so it takes no token.
struct TruthAnswer {
    static let path = "/sandbox/truth"

    let state: SandboxState

    /// The truth about the organization with this name; the name can be absent if there is only one.
    static func answer(about name: String?, in directory: Directory) -> Answer {
        guard let state = directory.organization(named: name) else {
            return Answer(
                status: 404,
                text: "name one of the \(directory.count) organizations: \(path)?organization=\(directory.firstName)\n",
                contentType: "text/plain"
            )
        }
        return TruthAnswer(state: state).answer
    }

    private var answer: Answer {
        let (fleet, now, activities, writes, leaks) = state.change { register in
            (register.truth().fleet, register.now, register.activities, register.writes, register.leaks)
        }
        var json = JSONText()
        json.object([
            SandboxAttribute("night", .number("\(fleet.night)")),
            SandboxAttribute("now", .text(now.text)),
            SandboxAttribute("devices", .array((0..<fleet.count).compactMap { Self.device(at: $0, fleet) })),
            SandboxAttribute("changes", .array(fleet.changes.map(Self.change))),
            SandboxAttribute("activities", .array(activities.map(Self.activity))),
            SandboxAttribute("overlaps", .array(Self.overlaps(activities))),
            SandboxAttribute("writes", .array(writes.map(Self.write))),
            SandboxAttribute("leakedTokens", .number("\(leaks)")),
        ])
        return Answer(status: 200, body: json.bytes)
    }

    private static func device(at index: Int, _ fleet: Fleet) -> SandboxValue? {
        guard let device = fleet.device(at: index) else { return nil }
        return .object([
            SandboxAttribute("serialNumber", .text(device.serial)),
            SandboxAttribute("presence", .text("\(device.presence)")),
            SandboxAttribute("server", optional(device.serverID)),
        ])
    }

    private static func change(_ change: NightChange) -> SandboxValue {
        .object([
            SandboxAttribute("night", .number("\(change.night)")),
            SandboxAttribute("serialNumber", .text(change.serial)),
            SandboxAttribute("what", .text(change.what.rawValue)),
            SandboxAttribute("from", optional(change.from)),
            SandboxAttribute("to", optional(change.to)),
        ])
    }

    private static func activity(_ activity: AcceptedActivity) -> SandboxValue {
        .object([
            SandboxAttribute("id", .text(activity.id)),
            SandboxAttribute("activityType", .text(activity.type.rawValue)),
            SandboxAttribute("server", optional(activity.serverID)),
            SandboxAttribute("createdAt", .text(activity.createdAt)),
            SandboxAttribute("endsAt", .text(activity.endsAt)),
            SandboxAttribute("serialNumbers", .texts(activity.serials)),
            SandboxAttribute("effects", .texts(activity.results.map(\.effect.rawValue))),
        ])
    }

    /// The ids of activities that were in progress at the same time, by twos.
    private static func overlaps(_ activities: [AcceptedActivity]) -> [SandboxValue] {
        activities.indices.flatMap { place in
            activities[..<place].filter { $0.overlaps(activities[place]) }.map {
                .texts([$0.id, activities[place].id])
            }
        }
    }

    private static func write(_ write: SandboxWrite) -> SandboxValue {
        .object([
            SandboxAttribute("at", .text(write.at)),
            SandboxAttribute("method", .text(write.method)),
            SandboxAttribute("path", .text(write.path)),
            SandboxAttribute("status", .number("\(write.status)")),
            SandboxAttribute("isAnswered", .boolean(write.isAnswered)),
            SandboxAttribute("isFirstOnConnection", .boolean(write.isFirstOnConnection)),
            SandboxAttribute("serialNumbers", .texts(write.serials)),
            SandboxAttribute("activity", optional(write.activityID)),
        ])
    }

    private static func optional(_ text: String?) -> SandboxValue {
        text.map(SandboxValue.text) ?? .null
    }
}

import Extract
import Inventory
import Records
import Stages

/// What shows that a deed was done.
struct Proof {
    private let intent: ActivityIntent
    private let api: any AppleAPI
    private let whereabouts: Whereabouts

    init(_ intent: ActivityIntent, api: any AppleAPI, _ whereabouts: Whereabouts) {
        self.intent = intent
        self.api = api
        self.whereabouts = whereabouts
    }

    /// Those of the devices whose latest event in the audit log shows that it was done. They were elsewhere before, so
    /// that no older event can say so.
    ///
    /// - Parameter start: when the activity began, by Apple's clock if it is known.
    /// - Returns: nil if the log cannot be read.
    func heard(_ serials: [String], since start: Timestamp) async throws -> [String]? {
        let day: Int64 = 86_400
        do throws(APIError) {
            let events = try await AssignmentEvent.latest(
                from: start.adding(seconds: -day),
                to: max(start, .now).adding(seconds: day),
                api
            )
            return serials.filter { events[$0]?.kind == expected }
        } catch {
            if error.kind == .cancelled || error.kind == .credentialsRefused { throw error }
            return nil
        }
    }

    /// Nil if no event shows it.
    private var expected: AssignmentEvent.Kind? {
        switch PlanLine.Action(rawValue: intent.action) {
        case .assign, .move, .migrate: intent.target.map { .assigned($0.name) }
        case .unassign: .unassigned
        case .release: .removed
        case .updateMigration, .cancelMigration, nil: nil
        }
    }

    /// Those of the devices for which Apple shows that it was done.
    func landed(_ serials: [String]) async throws -> [String] {
        switch PlanLine.Action(rawValue: intent.action) {
        case .assign, .move, .migrate:
            guard let target = intent.target?.id else { return [] }
            let places = try await whereabouts.places(of: serials, on: [target])
            return serials.filter { places[$0] == .on(target) }
        case .unassign:
            let places = try await whereabouts.places(of: serials)
            return serials.filter { places[$0] == .nowhere }
        case .release:
            return try await devices(serials) { $0 == nil || $0?["releasedFromOrgDateTime"] != nil }
        case .updateMigration:
            let deadline = intent.deadline
            return try await devices(serials) { device in
                device?["mdmMigrationDeadlineDateTime"].flatMap(Timestamp.init(text:)) == deadline
            }
        case .cancelMigration:
            return try await devices(serials) { device in
                guard let device else { return false }
                return !["REQUESTED", "STARTED"].contains(device["mdmMigrationStatus"])
            }
        case nil: return []
        }
    }

    /// Those of the devices whose texts, as Apple sends them, show it. The texts are nil if Apple has no such device.
    private func devices(_ serials: [String], _ show: ([String: String]?) -> Bool) async throws -> [String] {
        var landed: [String] = []
        var failure: APIError?
        try await api.ask(serials.count, tries: nil) { number in
            .path("/v1/orgDevices/\(PercentEncoding.encode(serials[number]))")
        } _: { answers in
            for answer in answers {
                switch answer.result {
                case .success(let body):
                    guard let texts = try? Self.texts(of: body) else { continue }
                    if show(texts) { landed.append(serials[answer.number]) }
                case .failure(let error) where error.says(missing: "orgDevices"):
                    if show(nil) { landed.append(serials[answer.number]) }
                case .failure(let error): failure = error
                }
            }
            return true
        }
        if let failure, landed.isEmpty { throw failure }
        return landed
    }

    private static func texts(of body: [UInt8]) throws -> [String: String] {
        guard let resource = try ResourceDocument(body).resources.first else {
            throw JSONError(description: "it describes no device")
        }
        return try resource.texts
    }
}

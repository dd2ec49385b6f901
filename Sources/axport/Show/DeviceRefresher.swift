import Extract
import Inventory
import Pipeline
import Records
import Stages

/// Asks Apple for one device before it is shown.
struct DeviceRefresher {
    let patience: Duration
    let startedAt: Timestamp

    /// What is known after Apple was asked, and the exit codes of what failed. If Apple does not answer, what was known
    /// before is shown.
    func stories(of serial: String, in place: DevicePlace) async -> (stories: [DeviceStory], codes: [Outcome]) {
        do {
            let story = try await asking(serial, place)
            return (story.map { [$0] } ?? [], [])
        } catch {
            let failure = Failure(of: error)
            Output.log(LogRecord(.error, failure, of: "Apple was not asked for \(serial): "))
            return (await known(serial, place), [failure.code])
        }
    }

    private func known(_ serial: String, _ place: DevicePlace) async -> [DeviceStory] {
        guard Inventory.exists(at: place.path) else { return [] }
        let story = try? await Inventory.withDevice(serial, of: place.path) { inventory in
            try await DeviceStory(serial, in: inventory, place, startedAt: startedAt)
        }
        return story.flatMap { $0 }.map { [$0] } ?? []
    }

    private func asking(_ serial: String, _ place: DevicePlace) async throws -> DeviceStory? {
        if place.plan.keeping != nil {
            return try await askingOnly(serial, place, "its inventory is kept in PostgreSQL, where only runs store")
        }
        let identity = place.plan.source.identity
        let inventory: Inventory
        do {
            inventory = try await Inventory.open(place.path, identity: identity, patience: patience) {
                Output.note($0.message)
            }
        } catch let failure as Failure {
            guard failure.code == .locked else { throw failure }
            return try await askingOnly(serial, place, failure.message, hint: "wait for the run with --wait 30m")
        }
        let answer: Answer
        do {
            answer = try await ask(serial, inventory, place)
        } catch {
            inventory.close()
            throw error
        }
        inventory.close()
        return try await Inventory.withDevice(serial, of: place.path, identity: identity) { copy in
            try await told(serial, in: copy, place, answer)
        }
    }

    /// Shows the answers without storing them.
    private func askingOnly(_ serial: String, _ place: DevicePlace, _ reason: String, hint: String? = nil) async throws
        -> DeviceStory?
    {
        var warning = LogRecord(.warning, "the answer is not stored: \(reason)")
        warning.hint = hint
        Output.log(warning)
        return try await Inventory.withDevice(serial, of: place.path, identity: place.plan.source.identity) { copy in
            try await told(serial, in: copy, place, try await ask(serial, copy, place))
        }
    }

    private func told(_ serial: String, in copy: Inventory, _ place: DevicePlace, _ answer: Answer) async throws
        -> DeviceStory?
    {
        var story = try await DeviceStory(serial, in: copy, place, startedAt: startedAt)
        story?.answer = answer
        return story
    }

    private func ask(_ serial: String, _ inventory: Inventory, _ place: DevicePlace) async throws -> Answer {
        let api = try await Composition.connect(.info)(place.plan.source)
        do {
            await api.begin(pace: nil, deadline: nil)
            let context = SyncContext(
                api: api,
                inventory: inventory,
                startedAt: startedAt,
                limit: nil,
                platform: place.plan.source.platform,
                command: "axport show",
                meter: StageMeter()
            )
            let stages = Set(place.plan.extract.map(\.origin.stage))
            let outcome = try await SingleRefresh(context, stages: stages).ask(serial)
            await api.close()
            return Answer(outcome: outcome, requests: api.requestCount)
        } catch {
            await api.close()
            throw error
        }
    }

    /// What Apple said just now.
    struct Answer {
        let outcome: SingleRefresh.Outcome
        let requests: Int
    }
}

import Inventory
import Records
import Stages

/// Asks Apple for everything about one device, whatever a run would ask for.
package struct SingleRefresh: Sendable {
    /// Whether Apple has the device.
    package enum Standing: Sendable, Hashable { case present, released, gone }

    /// What Apple answered.
    package struct Outcome: Sendable, Hashable {
        package let standing: Standing
        /// Parts that could not be read, with the reason.
        package var failures: [(part: String, reason: String)] { parts.map { ($0.part, $0.reason) } }
        fileprivate var parts: [Part] = []

        fileprivate struct Part: Sendable, Hashable {
            let part: String
            let reason: String
        }
    }

    private let context: SyncContext
    /// Names of the extract stages that the pipeline has.
    private let stages: Set<String>

    package init(_ context: SyncContext, stages: Set<String>) {
        self.context = context
        self.stages = stages
    }

    /// Reads the device and stores the answers in the inventory. Only a complete list retires a device that Apple no
    /// longer has.
    ///
    /// - Throws: if Apple does not answer for the device itself.
    package func ask(_ serial: String) async throws -> Outcome {
        let inventory = context.inventory
        var outcome: Outcome
        switch try await SingleDevice(serial, context.api) {
        case .present(let device):
            _ = try inventory.record(device, at: context.startedAt)
            outcome = Outcome(standing: .present)
            if let key = try inventory.key(of: serial) { try await askForParts(of: key, &outcome) }
        case .released(let device):
            try recordDetails(device, of: serial)
            outcome = Outcome(standing: .released)
        case .gone:
            try recordDetails(nil, of: serial)
            outcome = Outcome(standing: .gone)
        }
        try await part("audit events", &outcome) { try await readEvents(of: serial) }
        return outcome
    }

    private func recordDetails(_ device: Resource?, of serial: String) throws {
        guard try context.inventory.facts(of: serial)?.removedAt != nil else { return }
        try context.inventory.recordDetails(device, serial: serial, at: context.startedAt)
    }

    private func askForParts(of key: DeviceKey, _ outcome: inout Outcome) async throws {
        let inventory = context.inventory
        // One assignment where none is known would make changes of all others in the first night that reads them.
        if stages.contains(Assignments.spec.name), try inventory.lastAssignments != nil {
            try await part("assignment", &outcome) {
                let server = try await Assignments.server(of: key.serial, context.api)
                if let server, try !inventory.services.contains(where: { $0.id == server }) { try await readServices() }
                _ = try inventory.recordAssignment(of: key, to: server, at: context.startedAt)
            }
        }
        if stages.contains(Coverage.spec.name) { try await ask(Coverage(policy: Self.policy), key, &outcome) }
        if stages.contains(ActivationLock.spec.name) {
            try await ask(ActivationLock(policy: Self.policy), key, &outcome)
        }
    }

    /// Adds new services, without the effect of a run's whole list.
    private func readServices() async throws {
        var pager = Pager(context.api, "/v1/mdmServers", of: "mdmServers", bound: .small)
        while let page = try await pager.next() {
            try context.inventory.recordServers(page.resources, at: context.startedAt, isWhole: false)
        }
    }

    private static let policy = RefreshPolicy(maxAge: .days(30), maxRequests: nil, maxTime: nil)

    private func ask<Stage: DeviceInquiry>(_ stage: Stage, _ key: DeviceKey, _ outcome: inout Outcome) async throws {
        try await part(Stage.facet.rawValue, &outcome) {
            var answer: DeviceAnswer
            do {
                answer = try await stage.answer(for: key.serial, context.api)
            } catch let error as APIError {
                guard let known = stage.answer(to: error) else {
                    try record(.unknown(error.message), of: Stage.facet, key)
                    throw error
                }
                answer = known
            }
            try record(answer, of: Stage.facet, key)
        }
    }

    private func record(_ answer: DeviceAnswer, of facet: Facet, _ key: DeviceKey) throws {
        _ = try context.inventory.record([(key.id, answer)], of: facet, at: context.startedAt)
    }

    private func readEvents(of serial: String) async throws {
        guard context.platform.hasAuditLog else { return }
        let facts = try context.inventory.facts(of: serial)
        let month = context.startedAt.adding(seconds: -31 * 86_400)
        let left = facts?.removedAt == nil ? nil : facts?.lastSeenAt?.adding(seconds: -86_400)
        // Apple's clock may be ahead of this machine's.
        let (start, end) = (min(month, left ?? month), context.startedAt.adding(seconds: 86_400))
        let events = try await AuditLog.events(of: serial, from: start, to: end, context.api)
        try context.inventory.keep(events)
    }

    /// One part of what is asked. That Apple does not answer for it says nothing about the others.
    private func part(_ name: String, _ outcome: inout Outcome, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as APIError where error.mayConcernOneDevice || error.kind == .forbidden {
            outcome.parts.append(Outcome.Part(part: name, reason: error.message))
        }
    }
}

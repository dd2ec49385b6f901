import Inventory
import Pipeline
import Records
import Stages

/// Decides by rules what is done about each device. Pure: everything it needs is given.
struct Decider: Sendable {
    /// A rule with its services found.
    struct Rule: Sendable {
        let name: String
        let to: Service
        let from: [AssignOrigin]
        /// IDs of the services that it takes devices from.
        let leaves: Set<String>
        let migrateBy: Timestamp?
    }

    /// What is known of a device besides its standing.
    struct Past: Sendable {
        /// Services that axport moved the device away from within 7 days.
        var left: Set<String> = []
        /// Whether an activity with it has no verdict yet.
        var isUnsettled = false
    }

    let rules: [Rule]
    let services: Services
    let startedAt: Timestamp

    /// A device on its family's default counts as newly assigned for so long after it was added.
    static let newFor: Int64 = 14 * Timestamp.microsecondsPerDay

    init(_ rules: [AssignRule], _ services: Services, startedAt: Timestamp) throws(PlanError) {
        self.services = services
        self.startedAt = startedAt
        var problems = Problems()
        self.rules = rules.compactMap { rule in
            do throws(Problem) {
                return try Rule(rule, services, startedAt: startedAt)
            } catch {
                problems.add(Diagnostic("rule '\(rule.name)': \(error.message)", hint: error.hint, at: rule.location))
                return nil
            }
        }
        guard problems.found.isEmpty else { throw PlanError(problems.found) }
    }

    /// Nil if no rule matches the device.
    ///
    /// - Parameters:
    ///   - matching: numbers of the rules whose condition or list has the device, ascending.
    ///   - listed: those of them whose list names it.
    func decide(
        _ device: DeviceStanding,
        matching: [Int],
        listed: [Int],
        isProtected: Bool,
        past: Past
    ) -> Decided? {
        var first: (rule: Rule, reason: Reason)?
        func decided(_ decision: Decision, _ rule: Rule) -> Decided {
            Decided(
                serialNumber: device.serialNumber,
                rule: rule.name,
                service: device.service,
                decision: decision,
                isCapable: device.isMigrationCapable
            )
        }
        if Set(listed.map { rules[$0].to.id }).count > 1 { return decided(.leave(.conflictingRules), rules[listed[0]]) }
        for number in matching {
            let rule = rules[number]
            if device.service == rule.to.id { return decided(.leave(.alreadyThere), rule) }
            guard let isMove = isMove(device, by: rule) else {
                first = first ?? (rule, isOnAppleMDM(device) ? .onAppleMDM : .notFrom)
                continue
            }
            if let reason = obstacle(device, to: rule, isProtected: isProtected, past: past) {
                return decided(.leave(reason), rule)
            }
            return decided(.send(deed(device, by: rule, isMove: isMove)), rule)
        }
        return first.map { decided(.leave($0.reason), $0.rule) }
    }

    /// Whether the device would leave a service; nil if the rule does not take it from where it is.
    private func isMove(_ device: DeviceStanding, by rule: Rule) -> Bool? {
        guard let service = device.service else { return rule.from.contains(.none) ? false : nil }
        if rule.from.contains(.default), isOnDefault(device, service) { return false }
        return rule.leaves.contains(service) ? true : nil
    }

    private func isOnDefault(_ device: DeviceStanding, _ service: String) -> Bool {
        guard services.isDefault(service, of: device.family), let added = device.addedAt else { return false }
        return startedAt.microseconds - added.microseconds <= Self.newFor
    }

    private func isOnAppleMDM(_ device: DeviceStanding) -> Bool {
        device.service.flatMap(services.service)?.isAppleMDM == true
    }

    private func obstacle(_ device: DeviceStanding, to rule: Rule, isProtected: Bool, past: Past) -> Reason? {
        if device.isReleased { return .released }
        if isProtected { return .protected }
        if past.isUnsettled { return .unsettled }
        if isOnAppleMDM(device) { return .onAppleMDM }
        if past.left.contains(rule.to.id) { return .movedRecently }
        if rule.migrateBy != nil, device.isMigrationCapable == false { return .notCapable }
        return nil
    }

    private func deed(_ device: DeviceStanding, by rule: Rule, isMove: Bool) -> Deed {
        if let deadline = rule.migrateBy { return .migrate(to: rule.to.id, from: device.service, by: deadline) }
        if isMove, let service = device.service { return .move(to: rule.to.id, from: service) }
        return .assign(to: rule.to.id, from: device.service)
    }
}

extension Timestamp {
    /// Apple accepts deadlines of migrations up to so far ahead.
    private static let longestDeadline: Int64 = 90 * microsecondsPerDay

    /// - Throws: unless migrations can have this deadline.
    func requireDeadline(called name: String, at now: Timestamp) throws(Problem) {
        if self <= now { throw Problem("\(name) is in the past: \(self)", hint: "name a later time") }
        if microseconds - now.microseconds > Self.longestDeadline {
            throw Problem("\(name) is more than 90 days ahead: \(self)", hint: "name an earlier time")
        }
    }
}

extension Decider.Rule {
    init(_ rule: AssignRule, _ services: Services, startedAt: Timestamp) throws(Problem) {
        name = rule.name
        to = try services.target(rule.to)
        from = rule.from
        migrateBy = rule.migrateBy
        var leaves: Set<String> = []
        for case .service(let name) in rule.from {
            let service = try services.find(name)
            if service.isAppleMDM {
                throw Problem(
                    "devices on '\(name)', Apple's own management, must be signed out before they can leave it",
                    hint: "remove it from 'from'"
                )
            }
            leaves.insert(service.id)
        }
        self.leaves = leaves
        guard let migrateBy = rule.migrateBy else { return }
        if to.isAppleMDM {
            throw Problem("devices cannot migrate to '\(rule.to)', Apple's own management", hint: "remove 'migrate_by'")
        }
        try migrateBy.requireDeadline(called: "migrate_by", at: startedAt)
    }
}

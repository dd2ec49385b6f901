import Inventory
import Records
import Stages
import Testing

@testable import Assign
@testable import Pipeline

@Suite struct DeciderTests {
    private let now = Timestamp(seconds: 1_795_000_000)
    private let services = Services([
        Service(id: "A", name: "Jamf Pro", type: "MDM", status: "ACTIVE"),
        Service(id: "B", name: "Intune", type: "MDM", status: "ACTIVE", defaultProductFamilies: ["iPad"]),
        Service(id: "C", name: "Apple", type: "APPLE_MDM", status: "ACTIVE"),
        Service(id: "D", name: "Old", type: "MDM", status: "INACTIVE"),
        Service(id: "E", name: "Twin", type: "MDM"), Service(id: "F", name: "Twin", type: "MDM"),
    ])

    private func rule(_ name: String, from: [AssignOrigin], to: String, migrateBy: Timestamp? = nil) -> AssignRule {
        AssignRule(
            name: name,
            location: SourceLocation(file: "f", line: 1, column: 1),
            condition: nil,
            serials: nil,
            from: from,
            to: to,
            expectWithin: nil,
            migrateBy: migrateBy
        )
    }

    private func decide(
        _ rules: [AssignRule],
        _ device: DeviceStanding,
        matching: [Int]? = nil,
        listed: [Int] = [],
        isProtected: Bool = false,
        past: Decider.Past = Decider.Past()
    ) throws -> Decision {
        let decider = try Decider(rules, services, startedAt: now)
        let numbers = matching ?? Array(rules.indices)
        let decided = decider.decide(
            device,
            matching: numbers,
            listed: listed,
            isProtected: isProtected,
            past: past
        )
        return try #require(decided).decision
    }

    private func device(
        _ service: String?,
        addedDaysAgo days: Int64 = 100,
        family: String = "iPad",
        capable: Bool? = nil
    )
        -> DeviceStanding
    {
        DeviceStanding(
            serialNumber: "S",
            service: service,
            addedAt: now.adding(seconds: -days * 86_400),
            family: family,
            isMigrationCapable: capable
        )
    }

    @Test func theFirstRuleThatTakesTheDeviceCounts() throws {
        let rules = [rule("1", from: [.none], to: "Jamf Pro"), rule("2", from: [.service("Intune")], to: "A")]
        #expect(try decide(rules, device(nil)) == .send(.assign(to: "A", from: nil)))
        #expect(try decide(rules, device("B")) == .send(.move(to: "A", from: "B")))
        #expect(try decide(rules, device("A")) == .leave(.alreadyThere))
        #expect(try decide(rules, device("C")) == .leave(.onAppleMDM))
        #expect(try decide(rules, device("D")) == .leave(.notFrom))
    }

    @Test func theDefaultOfAFamilyIsLeftWithinFourteenDays() throws {
        let rules = [rule("1", from: [.none, .default], to: "A")]
        #expect(try decide(rules, device("B", addedDaysAgo: 13)) == .send(.assign(to: "A", from: "B")))
        #expect(try decide(rules, device("B", addedDaysAgo: 14)) == .send(.assign(to: "A", from: "B")))
        #expect(try decide(rules, device("B", addedDaysAgo: 15)) == .leave(.notFrom))
        #expect(try decide(rules, device("B", addedDaysAgo: 1, family: "Mac")) == .leave(.notFrom))
    }

    @Test func someDevicesAreNeverSent() throws {
        let rules = [rule("1", from: [.none, .service("B")], to: "A")]
        #expect(try decide(rules, device(nil), isProtected: true) == .leave(.protected))
        #expect(try decide(rules, device(nil), past: Decider.Past(isUnsettled: true)) == .leave(.unsettled))
        #expect(try decide(rules, device("B"), past: Decider.Past(left: ["A"])) == .leave(.movedRecently))
        let two = [rule("1", from: [.none], to: "A"), rule("2", from: [.none], to: "B")]
        #expect(try decide(two, device(nil), listed: [0, 1]) == .leave(.conflictingRules))
        #expect(try decide(two, device(nil), listed: [0]) == .send(.assign(to: "A", from: nil)))
    }

    @Test func migrationsNeedCapableDevicesAndADeadlineOfTheNextNinetyDays() throws {
        let soon = now.adding(seconds: 86_400)
        let rules = [rule("1", from: [.service("Intune")], to: "A", migrateBy: soon)]
        #expect(try decide(rules, device("B", capable: true)) == .send(.migrate(to: "A", from: "B", by: soon)))
        #expect(try decide(rules, device("B", capable: nil)) == .send(.migrate(to: "A", from: "B", by: soon)))
        #expect(try decide(rules, device("B", capable: false)) == .leave(.notCapable))
        for late in [now, now.adding(seconds: 91 * 86_400)] {
            #expect(throws: PlanError.self) {
                try decide([rule("1", from: [.none], to: "A", migrateBy: late)], device(nil))
            }
        }
    }

    @Test(arguments: ["Twin", "Old", "nobody", ""])
    func aServiceMustBeOneAndActive(_ name: String) {
        #expect(throws: PlanError.self) { try decide([rule("1", from: [.none], to: name)], device(nil)) }
    }

    @Test func namesAreFoundHoweverTheyAreTyped() throws {
        #expect(try services.find("  jamf   PRO ").id == "A")
        #expect(throws: PlanError.self) { try decide([rule("1", from: [.service("Apple")], to: "A")], device(nil)) }
    }
}

import Assign
import Records
import Sandbox
import Testing

@Suite struct PlanFileTests {
    @Test func onlyAPlanAsItWasWrittenIsApplied() async throws {
        try await withDesk(devices: 60) { desk in
            let job = try desk.job(rules(to: desk.targets[0]))
            let text = try await desk.plan(job).text
            var lines = text.split(separator: "\n").map(String.init)
            lines.removeLast()
            let edits = [
                lines.joined(separator: "\n"),
                text.replacing("\"max_moves\":1000", with: "\"max_moves\":2000"),
                text.replacing(desk.targets[0], with: desk.targets[1]),
                "", "{}", "serial_number\nC02AA\n",
            ]
            for edit in edits {
                await #expect(throws: Failure.self) { try await desk.apply(job, edit) }
            }
            #expect(desk.sandbox.writes.isEmpty)
            #expect(try PlanGlance(text, path: "p").devices > 0)
        }
    }

    @Test func aPlanOfOtherRulesIsRefused() async throws {
        try await withDesk(devices: 60) { desk in
            let text = try await desk.plan(try desk.job(rules(to: desk.targets[0]))).text
            let other = try desk.job(rules(to: desk.targets[1]))
            await #expect(throws: Failure.self) { try await desk.apply(other, text) }
            #expect(desk.sandbox.writes.isEmpty)
        }
    }

    @Test func aRuleThatNoDeviceComesUnderIsTold() async throws {
        try await withDesk(devices: 60) { desk in
            let to = desk.targets[0]
            let planned = try await desk.plan(
                try desk.job(
                    """
                    { rules: [{ name: misspelled, where: "product_family = 'iPid'", from: [none], to: "\(to)" }, \
                    { name: all, where: "serial_number IS NOT NULL", from: [none], to: "\(to)" }], \
                    limits: { max_devices: 1000, max_moves: 1000 } }
                    """
                )
            )
            #expect(planned.idleRules == ["misspelled"])
        }
    }

    @Test func aPlanOfAnotherOrganizationIsRefused() async throws {
        try await withDesk(devices: 60) { desk in
            let text = try await desk.plan(try desk.job(rules(to: desk.targets[0]))).text
            try await withDesk(devices: 60, seed: 2) { other in
                let job = try other.job(rules(to: desk.targets[0]))
                await #expect(throws: Failure.self) { try await other.apply(job, text) }
                #expect(other.sandbox.writes.isEmpty)
            }
        }
    }

    @Test func aPlanBeyondItsLimitsIsRefusedAsAWhole() async throws {
        try await withDesk(devices: 300) { desk in
            let few = "{ rules: [{ name: a, where: \"1\", to: \"\(desk.targets[0])\" }], limits: { max_devices: 2 } }"
            await #expect {
                try await desk.plan(try desk.job(few))
            } throws: { error in
                (error as? Failure)?.code == .badData
            }
            let crowded = try #require(desk.listed.lazy.compactMap(\.serverID).first { desk.targets.contains($0) })
            let moves = """
                { rules: [{ name: a, where: "1", from: ["\(crowded)"], to: "\(desk.targets.first { $0 != crowded } ?? "")" }], \
                limits: { max_devices: 1000 } }
                """
            await #expect {
                try await desk.plan(try desk.job(moves))
            } throws: { error in
                (error as? Failure)?.description.contains("max_moves is 0") == true
            }
        }
    }
}

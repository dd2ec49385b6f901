import Foundation
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import axport

@Suite struct InventoryOfServiceTests {
    @Test func aPersonIsToldOfTheInventoryOfTheService() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                "source: { platform: sandbox, name: acme, devices: 20 }\nextract: [devices]\nload: [csv: { file: a.csv }]\n",
                to: "night.axport.yaml"
            )
            var service = command
            service.environment["STATE_DIRECTORY"] = "\(folder)/service"
            #expect(try await service("run", "night.axport.yaml").status == 0)
            let file = "\(folder)/night.axport.yaml"
            let planning = Composition.planning(startedAt: .now)
            let text = PipelineText(try command.read("night.axport.yaml"), file: file, in: .ofFile(folder))
            let plan = try #require(planning.plans(for: text).plans.first)
            let findings = try await InventoryFindings(plan, service: "\(folder)/service").all()
            let found = try #require(findings.first)
            #expect(found.text.contains("but axport@.service has one at \(folder)/service/acme.sqlite"), "\(found)")
            let advice = try #require(found.hint?.firstMatch(of: /`(STATE_DIRECTORY=[^ ]+) axport (doctor [^`]+)`/))
            let examined = try await Program.running(
                "/bin/sh",
                ["-c", "\(advice.output.1) '\(Command.program)' \(advice.output.2) --offline"],
                environment: ["HOME": folder, "XDG_STATE_HOME": ""]
            )
            #expect(examined.status == 0 && examined.output.contains("✓ inventory: "), "\(examined.output)")
        }
    }
}

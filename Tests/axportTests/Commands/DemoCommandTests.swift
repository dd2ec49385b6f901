import TestSupport
import Testing

@testable import axport

@Suite struct DemoCommandTests {
    /// A package has no folder of the repository to refer to.
    @Test func theDemoLeavesItsPipelineForTheCommandsThatItAdvises() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let run = try await command("demo", "--devices", "30", "--out", "trial/demo")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("axport preview trial/demo/demo.axport.yaml\n"))
            #expect(run.output.contains("axport export --from trial/demo/demo.axport.yaml --offline"))

            let preview = try await command("preview", "trial/demo/demo.axport.yaml")
            #expect(preview.status == 0 && preview.output.contains("imei1"), "\(preview.errors)")
            let condition = "product_family = 'iPhone' AND eid IS NOT NULL"
            let export = try await command(
                ["export", "--from", "trial/demo/demo.axport.yaml", "--offline"]
                    + ["--where", condition, "--columns", "serial_number,imei1,eid"]
            )
            #expect(export.status == 0 && export.output.hasPrefix("serial_number,imei1,eid\r\n"), "\(export.errors)")
            #expect(try await command("run", "trial/demo/demo.axport.yaml").status == 0)
            #expect(!command.exists("out"))
        }
    }

    @Test func anotherDemoReplacesItsPipelineButNotWhatSomebodyMadeOfIt() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            #expect(try await command("demo", "--devices", "30").status == 0)
            let text = try command.read("out/demo.axport.yaml")
            #expect(text.contains("devices: 30\n") && DemoPipeline.isUnchanged(text))
            #expect(DemoPipeline.isUnchanged(DemoPipeline.besideOutput(devices: 40)))
            let changed = text.replacing("- imei\n", with: "- imei: { warnings_as_errors: true }\n")
            #expect(!DemoPipeline.isUnchanged(changed))
            try command.write(changed, to: "out/demo.axport.yaml")
            #expect(try await command("demo", "--devices", "30").status == 0)
            #expect(try command.read("out/demo.axport.yaml") == changed)
        }
    }
}

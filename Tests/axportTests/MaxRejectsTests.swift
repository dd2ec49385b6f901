import Foundation
import TestSupport
import Testing

@Suite struct MaxRejectsTests {
    private let text = """
        source: { platform: sandbox, devices: 400 }
        extract: [devices]
        transform: [imei, eid, mac]
        load:
          - csv: { file: out/devices.csv }
          - csv: { file: out/refused.csv, from: rejects }
        """

    @Test func tooManyRefusedValuesStopARunBeforeAnythingIsLoaded() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "test.axport.yaml")
            for limit in ["3", "0.5%"] {
                let run = try await command("run", "test.axport.yaml", "--max-rejects", limit)
                #expect(run.status == 3, "\(run.errors)")
                #expect(run.errors.contains("more than --max-rejects \(limit)"))
                #expect(run.errors.contains("values rejected:"))
                #expect(!command.exists("out"))
            }
            let rejects = try await command(
                "export",
                "--from",
                "test.axport.yaml",
                "--dataset",
                "rejects",
                "--offline"
            )
            #expect(rejects.output.split(whereSeparator: \.isNewline).count > 10)

            for limit in ["1000", "100%"] {
                let run = try await command("run", "test.axport.yaml", "--offline", "--max-rejects", limit)
                #expect(run.status == 0, "\(run.errors)")
                #expect(command.exists("out/devices.csv"))
            }
        }
    }

    @Test(arguments: ["many", "-1", "101%", "%", ""]) func aLimitIsANumberOrAShare(_ limit: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml", "--max-rejects=\(limit)")
            #expect(run.status == 64, "\(run.errors)")
        }
    }
}

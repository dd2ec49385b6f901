import Foundation
import TestSupport
import Testing

/// What each shipped pipeline writes for a small organization, compared with files in `Golden`. `RECORD=1`
/// regenerates them.
@Suite struct ConsumerPipelineTests {
    static let pipelines = ((try? Repository.files(in: "pipelines", suffix: ".axport.yaml")) ?? [])
        .filter {
            !["demo", "nightly-postgres", "several-organizations", "nac-freeradius-sql", "assign-new-devices"].contains(
                Consumer.name(of: $0)
            )
        }

    @Test func thereIsOneForEachConsumer() {
        #expect(Self.pipelines.count >= 16)
    }

    @Test(arguments: pipelines) func writesWhatTheConsumerReads(_ pipeline: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Consumer.onSandbox(try Repository.text(pipeline)), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let written = try command.files.filter { file in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: "\(folder)/\(file)", isDirectory: &isFolder)
                return !isFolder.boolValue && file.hasPrefix("out/")
            }
            #expect(!written.isEmpty)
            for file in written {
                let golden = "Tests/axportTests/Golden/\(Consumer.name(of: pipeline))/\(file)"
                let found = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
                if ProcessInfo.processInfo.environment["RECORD"] != nil {
                    let place = URL(fileURLWithPath: Repository.path(golden))
                    try FileManager.default.createDirectory(
                        at: place.deletingLastPathComponent(),
                        withIntermediateDirectories: true
                    )
                    try found.write(to: place)
                }
                let expected = try Data(contentsOf: URL(fileURLWithPath: Repository.path(golden)))
                #expect(found == expected, "\(golden) differs from what is written now")
            }
        }
    }

    @Test(arguments: pipelines) func secondRunWritesNothing(_ pipeline: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Consumer.onSandbox(try Repository.text(pipeline)), to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let run = try await command("run", "test.axport.yaml", "--offline", "--json")
            let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            let loads = try #require(report["stages"] as? [[String: Any]]).filter { $0["kind"] as? String == "load" }
            #expect(!loads.isEmpty)
            for load in loads { #expect(load["written"] as? Int == 0, "\(load)") }
        }
    }
}

/// A shipped pipeline and the organization it is tried on.
enum Consumer {
    static func name(of pipeline: String) -> String {
        String(pipeline.split(separator: "/").last ?? "").replacing(".axport.yaml", with: "")
    }

    /// The same pipeline on the sandbox, on one day.
    static func onSandbox(_ text: String, devices: Int = 60) -> String {
        text
            .replacing(
                /source:\n(  .*\n)+/,
                with: "source: { platform: sandbox, devices: \(devices), seed: 5 }\n"
            )
            .replacing("  - applecare\n", with: "  - applecare: { as_of: 2026-01-15 }\n")
            .replacing("-{date}", with: "")
            .replacing("${env:MERAKI_GROUP_POLICY_ID}", with: "101")
    }
}

import Foundation
import Sandbox
import TestSupport
import Testing

/// Mistakes that people make before their first night. Each is made for real, and `axport doctor` names the cause and the
/// cure before a device is asked for.
protocol Mistakes {}

extension Mistakes {
    static var good: String {
        pipeline(
            extract: "[devices, assignments, coverage]",
            load: "  - csv: { file: out/devices.csv }"
        )
    }

    /// Examines a pipeline file in which a mistake was made.
    ///
    /// - Parameters:
    ///   - expected: texts of the answer: the cause and the cure.
    ///   - mayAsk: whether Apple may be asked for a page with one device.
    func examine(
        _ text: String = Self.good,
        _ options: SandboxOptions = .with(devices: 30),
        code: Int32,
        says expected: String...,
        mayAsk: Bool = false,
        change: (inout Command, RunningSandbox) throws -> Void = { _, _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withSandbox(options) { command, sandbox in
            var command = command
            try command.write(text, to: "night.axport.yaml")
            try change(&command, sandbox)
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == code, "\(run.output)\(run.errors)", sourceLocation: sourceLocation)
            for text in expected {
                #expect(run.output.contains(text), "no '\(text)' in:\n\(run.output)", sourceLocation: sourceLocation)
            }
            let asked = await sandbox.statistics.requests[.devices, default: 0]
            #expect(asked <= (mayAsk ? 1 : 0), sourceLocation: sourceLocation)
            #expect(!command.exists("out"), sourceLocation: sourceLocation)
            #expect(!command.exists(".local") && !command.exists(".cache"), sourceLocation: sourceLocation)
        }
    }

    func change(_ path: String, of command: Command, _ change: (String) -> String) throws {
        try command.write(change(command.read(path)), to: path, mode: 0o600)
    }

    static var key: String { "account/private-key.pem" }
}

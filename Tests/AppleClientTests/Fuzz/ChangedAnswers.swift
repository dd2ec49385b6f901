import Foundation
import Sandbox
import TestSupport

/// A server that gives a sandbox's answers, nearly all of them changed: `Tests/Fuzz/answers`.
final class ChangedAnswers: Sendable {
    let url: String
    /// The server lives until the other end of this pipe is closed.
    private let lifeline = Pipe()

    /// - Parameter folder: takes the private key, which the server needs to ask the sandbox.
    init(of sandbox: RunningSandbox, seed: Int, share: Double, in folder: String) throws {
        let key = "\(folder)/key.pem"
        try sandbox.privateKeyPEM.write(toFile: key, atomically: true, encoding: .utf8)
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["python3", Self.script, "\(seed)", "\(share)"]
        server.environment = ProcessInfo.processInfo.environment.merging([
            "AXPORT_CLIENT_ID": sandbox.clientID, "AXPORT_KEY_ID": sandbox.keyID, "AXPORT_PRIVATE_KEY_FILE": key,
            "AXPORT_API_URL": sandbox.apiURL, "AXPORT_TOKEN_URL": sandbox.tokenURL,
        ]) { $1 }
        server.standardInput = lifeline
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .newlines)) else {
            throw ChangedAnswersError(line: line)
        }
        url = "http://127.0.0.1:\(port)"
    }

    func stop() { try? lifeline.fileHandleForWriting.close() }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Fuzz/answers/serve.py").standardized.path
}

private struct ChangedAnswersError: Error, CustomStringConvertible {
    let line: String
    var description: String { "the server of changed answers did not start: \(line)" }
}

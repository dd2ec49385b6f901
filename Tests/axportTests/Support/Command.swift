import Foundation
import Sandbox
import TestSupport

/// The built program, run as a person or a scheduler runs it.
struct Command {
    /// Where it runs; relative paths in pipeline files begin here.
    let folder: String
    var environment: [String: String] = [:]

    static let program =
        Bundle.main.executableURL.map { executable in
            // Beside the tests, wherever they were built.
            let besideTests = executable.deletingLastPathComponent().appendingPathComponent("axport").path
            return FileManager.default.isExecutableFile(atPath: besideTests)
                ? besideTests : Repository.path(".build/debug/axport")
        } ?? Repository.path(".build/debug/axport")

    func callAsFunction(_ arguments: String...) async throws -> Program.Run { try await self(arguments) }

    func callAsFunction(_ arguments: [String]) async throws -> Program.Run {
        let home = ["HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
        return try await Program.running(
            "/bin/sh",
            ["-c", "cd \"$0\" && exec \"$@\"", folder, Self.program] + arguments,
            environment: home.merging(environment) { $1 }
        )
    }

    /// The same with a file as its standard input.
    func reading(_ file: String, _ arguments: [String]) async throws -> Program.Run {
        try await Program.running(
            "/bin/sh",
            ["-c", "exec \"$@\" < \"$0\"", "\(folder)/\(file)", Self.program] + arguments
        )
    }

    /// A process that runs while the test does something to it.
    func start(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment
            .merging(["HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]) { $1 }.merging(environment) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    func write(_ text: String, to file: String, mode: Int = 0o644) throws {
        let path = "\(folder)/\(file)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func read(_ file: String) throws -> String { try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8) }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(file)") }

    var files: [String] {
        get throws { try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() }
    }
}

/// A folder with the account of a separate sandbox, which runs during the test.
func withSandbox(
    _ options: SandboxOptions = .with(devices: 300),
    _ test: (Command, RunningSandbox) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let sandbox = try await Sandbox.start(options, credentialsFolder: "\(folder)/account")
        let command = Command(
            folder: folder,
            environment: [
                "AXPORT_CLIENT_ID": sandbox.clientID, "AXPORT_KEY_ID": sandbox.keyID,
                "AXPORT_PRIVATE_KEY_FILE": "\(folder)/account/private-key.pem", "AXPORT_API_URL": sandbox.apiURL,
                "AXPORT_TOKEN_URL": sandbox.tokenURL,
            ]
        )
        do {
            try await test(command, sandbox)
        } catch {
            await sandbox.stop()
            throw error
        }
        await sandbox.stop()
    }
}

extension RunningSandbox {
    /// How many devices a complete listing holds tonight.
    var listedCount: Int {
        let fleet = fleet
        return (0..<fleet.count).count { fleet.isListed(at: $0) }
    }
}

extension Process {
    func ended() async throws { while isRunning { try await Task.sleep(for: .milliseconds(5)) } }
}

/// One of several sources of a pipeline file: the same sandbox under another name.
func sandboxSource(
    _ name: String,
    clientID: String = "${env:AXPORT_CLIENT_ID}",
    key: String = "account/private-key.pem"
) -> String {
    """
      - name: \(name)
        platform: business
        client_id: \(clientID)
        key_id: ${env:AXPORT_KEY_ID}
        private_key: ${file:\(key)}
        api_url: ${env:AXPORT_API_URL}
        token_url: ${env:AXPORT_TOKEN_URL}
    """
}

/// A pipeline file over that account.
func pipeline(extract: String = "[devices]", transform: String = "[imei]", load: String) -> String {
    """
    source:
      platform: business
      client_id: ${env:AXPORT_CLIENT_ID}
      key_id: ${env:AXPORT_KEY_ID}
      private_key: ${file:account/private-key.pem}
      api_url: ${env:AXPORT_API_URL}
      token_url: ${env:AXPORT_TOKEN_URL}
    extract: \(extract)
    transform: \(transform)
    load:
    \(load)
    """
}

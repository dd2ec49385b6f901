import Foundation
import TestSupport
import Testing

@Suite struct UnreadableTests {
    @Test func aFileThatThisUserMayNotRead() async throws {
        try await withTemporaryFolder { folder in
            try Command(folder: folder).write("", to: "secret.axport.yaml", mode: 0)
            let run = try await asAnyUser("check", "secret.axport.yaml", in: folder)
            #expect(run.status == 78)
            #expect(
                run.errors == """
                    error: cannot read secret.axport.yaml: Permission denied
                    hint: give this user permission to read it and to enter its folders

                    """
            )
        }
    }

    @Test func aPipelineFileThatIsAPipe() async throws {
        try await withTemporaryFolder { folder in
            let pipe = "\(folder)/pipe.axport.yaml"
            #expect(mkfifo(pipe, 0o600) == 0)
            let run = try await Command(folder: folder)("check", "pipe.axport.yaml")
            #expect(run.status == 78)
            #expect(
                run.errors == """
                    error: cannot read pipe.axport.yaml: it is not a regular file
                    hint: `-` reads standard input

                    """
            )
        }
    }

    @Test func aKeyInAFolderThatThisUserMayNotEnter() async throws {
        try await withTemporaryFolder { folder in
            let key = "\(folder)/private/key.pem"
            let command = Command(folder: folder)
            try FileManager.default.createDirectory(atPath: "\(folder)/private", withIntermediateDirectories: true)
            try command.write("key", to: "private/key.pem", mode: 0o600)
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(folder)/private")
            defer {
                try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(folder)/private")
            }
            try command.write(
                """
                source: { client_id: BUSINESSAPI.a, key_id: b, private_key: "${file:private/key.pem}" }
                extract: [devices]
                load: [csv: { file: out.csv }]
                """,
                to: "t.axport.yaml"
            )
            let run = try await asAnyUser("check", "t.axport.yaml", in: folder)
            #expect(run.status == 78)
            #expect(run.errors.contains("\(key): the file cannot be read: Permission denied"), "\(run.errors)")
            #expect(run.errors.contains("hint: give this user permission to read it"), "\(run.errors)")
        }
    }

    @Test func anInventoryThatThisUserMayNotRead() async throws {
        try await withSandbox { command, _ in
            let file = pipeline(load: "  - csv: { file: out.csv }") + "\ninventory: inventory.sqlite\n"
            try command.write(file, to: "t.axport.yaml")
            let first = try await command("run", "t.axport.yaml")
            #expect(first.status == 0, "\(first.errors)")
            let inventory = "\(command.folder)/inventory.sqlite"
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: inventory)
            let run = try await asAnyUser(
                "plan",
                "t.axport.yaml",
                in: command.folder,
                environment: command.environment
            )
            #expect(run.status == 73, "\(run.errors)")
            #expect(run.errors.contains("inventory.sqlite cannot be opened: Permission denied"), "\(run.errors)")
            #expect(run.errors.contains("hint: give this user permission to read it"), "\(run.errors)")
        }
    }

    /// `private/i.sqlite` is an inventory; then the folder becomes such that this user may not enter it.
    private func withHiddenInventory(
        _ hide: (_ folder: String) throws -> Void,
        _ test: (_ folder: String, _ inventory: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                source: { platform: sandbox, devices: 5 }
                inventory: private/i.sqlite
                extract: [devices]
                load: [csv: { file: out.csv }]
                """,
                to: "t.axport.yaml"
            )
            let run = try await command("run", "t.axport.yaml")
            try #require(run.status == 0, "\(run.errors)")
            try hide("\(folder)/private")
            defer {
                try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(folder)/private")
            }
            try await test(folder, "\(folder)/private/i.sqlite")
        }
    }

    @Test func anInventoryThatThisUserMayNotSeeIsNotMissing() async throws {
        try await withHiddenInventory { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder)
        } _: { folder, inventory in
            let file = "t.axport.yaml"
            let failing = [
                try await asAnyUser("plan", file, in: folder),
                try await asAnyUser("preview", file, in: folder),
                try await asAnyUser("doctor", file, "--offline", in: folder),
                try await asAnyUser("show", "C01", "--from", file, in: folder),
                try await asAnyUser("runs", "--from", file, in: folder),
                try await asAnyUser("runs", "--stale", "26h", "--from", file, in: folder),
            ]
            for run in failing + [try await asAnyUser("sources", file, in: folder)] {
                let told = run.output + run.errors
                #expect(told.contains("inventory \(inventory) cannot be opened: Permission denied"), "\(told)")
                #expect(told.contains("give this user permission to read it and to enter its folders"), "\(told)")
            }
            #expect(failing.allSatisfy { $0.status != 0 })
        }
    }

    @Test(.enabled(if: Neighbor.canActAsOthers, "needs root, to make files of other users, and setpriv(1)"))
    func whoMayReadTheInventoryIsTold() async throws {
        try await withHiddenInventory { folder in
            try Neighbor.give(folder, to: Neighbor.other, mode: 0o700)
        } _: { folder, inventory in
            let run = try await asAnyUser("runs", "--from", "t.axport.yaml", in: folder)
            #expect(
                run.errors == """
                    error: inventory \(inventory) cannot be opened: Permission denied
                    hint: run axport as the user who runs the pipeline, for example with `sudo -u '#\(Neighbor.other)'`

                    """
            )
        }
    }

    @Test func aDefaultFolderThatThisUserMayNotReadIsNotEmpty() async throws {
        try await withTemporaryFolder { folder in
            let state = "\(folder)/.local/state/axport"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: state)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: state) }
            let home = ["HOME": folder, "XDG_STATE_HOME": "", "STATE_DIRECTORY": ""]
            let run = try await asAnyUser("runs", in: folder, environment: home)
            #expect(run.status == 73, "\(run.errors)")
            #expect(
                run.errors.hasPrefix("error: the inventories in \(state) cannot be listed: Permission denied\n"),
                "\(run.errors)"
            )
        }
    }

    /// Root may read everything, unless it gives that up.
    private func asAnyUser(
        _ arguments: String...,
        in folder: String,
        environment: [String: String] = [:]
    ) async throws -> Program.Run {
        let givingUp = geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : []
        return try await Program.running(
            "/bin/sh",
            ["-c", "cd \"$0\" && exec \"$@\"", folder] + givingUp + [Command.program] + arguments,
            environment: environment
        )
    }
}

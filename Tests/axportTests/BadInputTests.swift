import Foundation
import Sandbox
import TestSupport
import Testing

/// Each bad input: one clear message, its exit code, nothing half-written.
@Suite struct BadInputTests {
    private let good = pipeline(load: "  - csv: { file: out/devices.csv }")

    private func run(
        _ text: String,
        code: Int32,
        says expected: String...,
        change: (inout Command) throws -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withSandbox { command, _ in
            var command = command
            try command.write(text, to: "test.axport.yaml")
            try change(&command)
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == code, "\(run.errors)", sourceLocation: sourceLocation)
            for text in expected {
                #expect(run.errors.contains(text), "\(run.errors)", sourceLocation: sourceLocation)
            }
            #expect(!command.exists("out/devices.csv"), sourceLocation: sourceLocation)
            let left = try command.files.filter { $0.hasPrefix("out/") }
            #expect(left.isEmpty, "\(left)", sourceLocation: sourceLocation)
        }
    }

    @Test("T14: a misspelt key is an error that names the right one") func aMisspeltKey() async throws {
        try await run(
            good.replacing("file:", with: "fiel:").replacing("${fiel:", with: "${file:"),
            code: 78,
            says: "test.axport.yaml:11:12: error:",
            "did you mean 'file'?"
        )
    }

    @Test func anUnknownColumnInWhere() async throws {
        try await run(
            good.replacing("transform: [imei]", with: "transform:\n  - where: status = 'ASSIGNED' AND famly = 'Mac'"),
            code: 78,
            says: "test.axport.yaml:10:36: error: no column 'famly'"
        )
    }

    @Test("T11: a variable that is not set is an error, never a literal") func anUnsetVariable() async throws {
        try await run(
            good.replacing("AXPORT_KEY_ID", with: "NO_SUCH_VARIABLE"),
            code: 78,
            says: "test.axport.yaml:4:11: error:",
            "NO_SUCH_VARIABLE is not set"
        )
    }

    @Test func aMissingKeyFile() async throws {
        try await run(
            good.replacing("account/private-key.pem", with: "nowhere.pem"),
            code: 78,
            says: "test.axport.yaml:5:16: error: ${file:nowhere.pem}: ",
            "nowhere.pem: the file does not exist"
        )
    }

    @Test func aKeyThatOthersMayRead() async throws {
        try await run(good, code: 77, says: "can be read by others (mode 644)", "chmod 600") { command in
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644],
                ofItemAtPath: "\(command.folder)/account/private-key.pem"
            )
        }
    }

    @Test func aWrongClientID() async throws {
        try await run(good, code: 77, says: "denied the API account BUSINESSAPI.wrong (invalid_client)") { command in
            command.environment["AXPORT_CLIENT_ID"] = "BUSINESSAPI.wrong"
        }
    }

    @Test func anUnreachableAPI() async throws {
        try await run(good, code: 69, says: "error:", "127.0.0.1:9") { command in
            command.environment["AXPORT_TOKEN_URL"] = "http://127.0.0.1:9/token"
        }
    }

    @Test func anUnwritableFolder() async throws {
        try await run(
            good.replacing("out/devices.csv", with: "/proc/nowhere/devices.csv"),
            code: 73,
            says: "error: csv /proc/nowhere/devices.csv:"
        )
    }

    @Test func aMissingFile() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("run", "nowhere.axport.yaml")
            #expect(run.status == 78)
            #expect(run.errors == "error: cannot read nowhere.axport.yaml: the file does not exist\n")
        }
    }

    @Test(
        arguments: [
            ("nigtly.axport.yaml", "nightly.axport.yaml"), ("nightly", "nightly.axport.yaml"),
            ("./nightly", "./nightly.axport.yaml"), ("nightly.yml", nil), ("weekly.axport.yaml", nil),
            ("none/nightly.axport.yaml", nil),
        ]
    )
    func aMisspelledFile(name: String, near: String?) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("", to: "nightly.axport.yaml")
            try command.write("", to: "other.axport.yaml")
            let hint = near.map { "hint: did you mean '\($0)'?\n" } ?? ""
            let run = try await command("run", name)
            #expect(run.errors == "error: cannot read \(name): the file does not exist\n\(hint)")
        }
    }

    @Test func aFolderIsNoFile() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("check", ".")
            #expect(run.status == 78)
            #expect(run.errors == "error: cannot read .: it is a folder\nhint: name a file in it\n")
        }
    }

    @Test func anUnknownFlag() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("run", "x.axport.yaml", "--offlin")
            #expect(run.status == 64)
        }
    }

    @Test func aRoleThatMayNotReadDevices() async throws {
        try await withSandbox(.with { $0.switches.role = .noDevices }) { command, _ in
            try command.write(good, to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 77, "\(run.errors)")
            #expect(
                run.errors.contains(
                    "error: devices: GET /v1/orgDevices: HTTP 403, The API account's role does not permit reading "
                        + "'orgDevices'.\nhint: give the API account a role with this right"
                ),
                "\(run.errors)"
            )
            #expect(run.errors.components(separatedBy: "error:").count == 2, "\(run.errors)")
            #expect(!command.exists("out/devices.csv"))
        }
    }

    @Test func aRoleThatMayNotReadCoverage() async throws {
        try await withSandbox(.with { $0.switches.role = .noCoverage }) { command, sandbox in
            try command.write(
                good.replacing("[devices]", with: "[devices, coverage, assignments]"),
                to: "test.axport.yaml"
            )
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            #expect(run.errors.contains("does not permit reading 'appleCareCoverage'"), "\(run.errors)")
            #expect(run.errors.components(separatedBy: "error:").count == 2, "\(run.errors)")
            #expect(try command.read("out/devices.csv").contains(",unknown,"))
            // 20 in a row, and what was under way besides.
            #expect(await sandbox.statistics.requests[.coverage, default: 0] <= 40)
            #expect(await sandbox.statistics.requests[.servers, default: 0] == 1)
        }
    }

    @Test func aTableWithAConflictingType() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        _ = try postgres.query(
            "CREATE TABLE devices (serial_number text PRIMARY KEY, imei1 bigint)",
            database: database
        )
        try await withSandbox { command, _ in
            let load = "  - postgres: { url: \"\(database)\", columns: [serial_number, imei1] }"
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 73)
            #expect(run.errors.contains("imei1") && run.errors.contains("bigint"), "\(run.errors)")
            #expect(run.errors.contains("ALTER TABLE"), "\(run.errors)")
            #expect(try postgres.query("SELECT count(*) FROM devices", database: database) == [["0"]])
        }
    }

    @Test func checkFindsTheSameProblemsWithoutNetwork() async throws {
        try await withSandbox { command, sandbox in
            let bad = good.replacing("imei", with: "imeii").replacing("file: out", with: "flie: out")
            try command.write(bad, to: "bad.axport.yaml")
            try command.write(good, to: "good.axport.yaml")
            let run = try await command("check", "bad.axport.yaml", "good.axport.yaml")
            #expect(run.status == 78)
            #expect(
                run.errors.contains("bad.axport.yaml:9:13: error: no transform 'imeii'\nhint: did you mean 'imei'?")
            )
            #expect(run.errors.contains("bad.axport.yaml:11:12: error: no setting 'flie'"))
            #expect(run.errors.contains("good.axport.yaml: ok"))
            #expect(await sandbox.statistics.requests.isEmpty)
        }
    }
}

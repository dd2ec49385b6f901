import Foundation
import Records
import Sandbox
import TestSupport
import Testing

/// Disks that are full: one message that names the place, the old data as it was, and the next run goes through.
@Suite(.enabled(if: MountNamespace.isPermitted, MountNamespace.reason)) struct FullDiskTests {
    @Test(arguments: [
        ("csv", "devices.csv", "checksum: true"), ("ndjson", "devices.ndjson.gz", "manifest: true"),
        ("json", "devices.json", "keep_previous: true"),
    ])
    func theDiskOfAFile(format: String, name: String, setting: String) async throws {
        try await withSandbox { command, _ in
            let load = "  - \(format): { file: out/\(name), \(setting) }"
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            try await MountNamespace.run(
                """
                mkdir out
                mount -t tmpfs -o size=16k tmpfs out
                echo old > out/\(name)
                axport full run test.axport.yaml
                ls -A out > names
                cp out/\(name) old
                mount -o remount,size=16m out
                axport free run --offline test.axport.yaml
                ls -A out > names-then
                cp out/\(name) new
                """,
                command
            )
            let out = "\(command.folder)/out"
            try command.expectFailure(
                "full",
                code: 73,
                says: """
                    \(format) \(out)/\(name): cannot write \(out)/\(name): No space left on device; free some space and run again
                    """
            )
            #expect(try command.lines("names") == [name])
            #expect(try command.read("old") == "old\n")
            try command.expectSuccess("free")
            #expect(try command.lines("names-then").count == 2)
            #expect(try Data(contentsOf: URL(filePath: "\(command.folder)/new")).count > 16_000)
        }
    }

    @Test func theDiskOfADatabase() async throws {
        try await withSandbox(.with(devices: 2000)) { command, _ in
            for note in ["one", "two"] {
                let select = "[select: { serial_number: serial_number, note: \"'\(note)'\" }]"
                let text = pipeline(transform: select, load: "  - sqlite: { file: out/a.sqlite }")
                try command.write(text, to: "\(note).axport.yaml")
            }
            try await MountNamespace.run(
                """
                mkdir out
                mount -t tmpfs -o size=16m tmpfs out
                axport first run one.axport.yaml
                mount -o remount,size=$(($(used out) + 64))k out
                axport full run --offline two.axport.yaml
                ls -A out > names
                sqlite3 out/a.sqlite 'PRAGMA integrity_check; SELECT DISTINCT note FROM devices' > old
                mount -o remount,size=16m out
                axport free run --offline two.axport.yaml
                sqlite3 out/a.sqlite 'SELECT DISTINCT note FROM devices' > new
                """,
                command
            )
            try command.expectSuccess("first")
            let folder = command.environment["TMPDIR"] ?? TemporaryFolder.path
            let out = "\(command.folder)/out"
            try command.expectFailure(
                "full",
                code: 73,
                says: """
                    sqlite \(out)/a.sqlite: cannot load \(out)/a.sqlite: database or disk is full; free some space, there or \
                    in \(folder), and run again
                    """
            )
            #expect(try command.lines("names") == ["a.sqlite"])
            #expect(try command.lines("old") == ["ok", "one"])
            try command.expectSuccess("free")
            #expect(try command.lines("new") == ["two"])
        }
    }

    @Test func theFolderForTemporaryFiles() async throws {
        try await withSandbox(.with(devices: 6000)) { command, _ in
            let loads = [
                "sort": "  - csv: { file: out/a.csv, transform: [sort: serial_number] }",
                "sqlite": "  - sqlite: { file: out/a.sqlite, history: true }", "ndjson": "  - ndjson: { file: '-' }",
            ]
            for (name, load) in loads { try command.write(pipeline(load: load), to: "\(name).axport.yaml") }
            try await MountNamespace.run(
                """
                mkdir tmp
                mount -t tmpfs -o size=64k tmpfs tmp
                export TMPDIR="$PWD/tmp"
                axport sort run sort.axport.yaml
                axport sqlite run --offline sqlite.axport.yaml
                axport ndjson run --offline ndjson.axport.yaml
                ls -A tmp > names
                ls -A out >> names || true
                mount -o remount,size=64m tmp
                for name in sort sqlite ndjson; do axport "$name-free" run --offline $name.axport.yaml; done
                """,
                command
            )
            let (folder, out) = ("\(command.folder)/tmp", "\(command.folder)/out")
            let full = "cannot use a temporary file in \(folder): database or disk is full"
            let advice = "free some space there, or name another folder in TMPDIR"
            try command.expectFailure("sort", code: 73, says: "csv \(out)/a.csv: sort: \(full); \(advice)")
            try command.expectFailure(
                "sqlite",
                code: 73,
                says: "sqlite \(out)/a.sqlite: cannot load \(out)/a.sqlite: \(full); \(advice)"
            )
            try command.expectFailure(
                "ndjson",
                code: 73,
                says: """
                    ndjson -: cannot write a temporary file in \(folder): No space left on device; free some space and \
                    run again
                    """
            )
            #expect(try command.outcome("ndjson").output.isEmpty)
            #expect(try command.lines("names").isEmpty)
            for name in loads.keys { try command.expectSuccess("\(name)-free") }
            #expect(try command.outcome("ndjson-free").output.split(separator: "\n").count > 5000)
        }
    }

    @Test func theDiskOfTheInventory() async throws {
        try await withSandbox(.with(devices: 2000)) { command, _ in
            let text = "inventory: inv/acme.sqlite\n" + pipeline(load: "  - csv: { file: out/devices.csv }")
            try command.write(text, to: "test.axport.yaml")
            try await MountNamespace.run(
                """
                mkdir inv
                mount -t tmpfs -o size=2500k tmpfs inv
                axport first run test.axport.yaml
                ls -A > names
                mount -o remount,size=64m inv
                axport second run test.axport.yaml
                cp out/devices.csv old
                mount -o remount,size=$(($(used inv) + 4))k inv
                axport third run --full test.axport.yaml
                mount -o remount,size=64m inv
                axport fourth run test.axport.yaml
                """,
                command
            )
            let folder = command.environment["TMPDIR"] ?? TemporaryFolder.path
            let advice =
                "free some space, there or in \(folder); the next run continues with what is stored"
            let full = "inventory \(command.folder)/inv/acme.sqlite: database or disk is full; \(advice)"
            try command.expectFailure("first", code: 73, says: "devices: \(full)")
            #expect(try !command.lines("names").contains("out"))
            try command.expectSuccess("second")
            try command.expectFailure("third", code: 73, says: full)
            #expect(try command.read("out/devices.csv") == command.read("old"))
            try command.expectSuccess("fourth")
        }
    }
}

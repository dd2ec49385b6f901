import Foundation
import TestSupport
import Testing

/// A nightly job `cd /srv && axport run conf/night.axport.yaml`, before and after paths became relative to the file.
@Suite struct LeftBehindTests {
    private static let list = """
        csv:
              file: 'out/nac list.csv'
              checksum: true
              transform: [mac_addresses: { interfaces: [wifi] }]
              columns: [mac]
        """

    private func text(_ loads: String, base: String = "") -> String {
        """
        \(base)
        source: { platform: sandbox, name: acme, devices: 60 }
        inventory: "${env:INVENTORY}"
        extract: [devices]
        load:
          - \(loads)

        """
    }

    /// The job as it was: run once by what `base: .` does, which is what earlier versions did.
    private func withOldJob(_ loads: String, _ test: (Command, _ folder: String) async throws -> Void) async throws {
        try await PipelineFolderTests.withFolder { command, folder in
            var command = command
            command.environment["INVENTORY"] = "\(folder)/acme.sqlite"
            try command.write(text(loads, base: "base: ."), to: "conf/night.axport.yaml")
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            try command.write(text(loads), to: "conf/night.axport.yaml")
            try await test(command, folder)
        }
    }

    /// What a hint says behind `run: `, on a line of its own.
    private func advised(_ errors: String) throws -> String {
        let line = try #require(errors.split(separator: "\n").first { $0.contains("run: mkdir") }, "\(errors)")
        return String(line[try #require(line.firstRange(of: "run: ")).upperBound...])
    }

    private func moved(_ command: Command, _ advice: String) async throws {
        let moved = try await Program.running("/bin/sh", ["-c", advice])
        #expect(moved.status == 0, "\(advice): \(moved.errors)")
    }

    @Test func aFileInTheWorkingDirectoryIsNamedAndTheNewOneWritten() async throws {
        try await withOldJob("csv: { file: out/a.csv, columns: [serial_number] }") { command, folder in
            let warning = """
                conf/night.axport.yaml:6:5: warning: \(folder)/conf/out/a.csv is not there, but \(folder)/out/a.csv is there: \
                relative paths used to be relative to the working directory, and are now relative to the folder of the \
                pipeline file
                hint: to keep the old place, write `base: .` into the pipeline file; for the new one, run: mkdir -p \
                \(folder)/conf/out && mv \(folder)/out/a.csv \(folder)/conf/out/
                """
            for verb in ["check", "plan", "run"] {
                let run = try await command(verb, "conf/night.axport.yaml")
                #expect(run.status == 0 && run.errors.contains(warning), "\(run.errors)")
            }
            #expect(try command.read("conf/out/a.csv") == command.read("out/a.csv"))
            let second = try await command("run", "conf/night.axport.yaml")
            #expect(second.status == 0 && !second.errors.contains("warning"), "\(second.errors)")
        }
    }

    @Test func aListIsNotPublishedWithoutItsLastVersion() async throws {
        try await withOldJob(Self.list) { command, folder in
            let old = try command.read("out/nac list.csv")
            for _ in 1...2 {
                let run = try await command("run", "conf/night.axport.yaml", "--json")
                #expect(run.status == 65, "\(run.errors)")
                #expect(
                    run.errors.contains(
                        """
                        error: csv \(folder)/conf/out/nac list.csv: refused to publish \(folder)/conf/out/nac list.csv \
                        without comparing it with its last version; \(folder)/conf/out/nac list.csv is not there, but \
                        \(folder)/out/nac list.csv is there: relative paths used to be
                        """
                    ),
                    "\(run.errors)"
                )
                let rows = old.split(separator: "\r\n").count - 1
                #expect(
                    run.output.contains(#""guard":{"limit":"5%","of":\#(rows),"refused":\#(rows)}"#),
                    "\(run.output)"
                )
                #expect(try command.read("out/nac list.csv") == old)
                #expect(!command.exists("conf/out"))
            }
        }
    }

    @Test func itIsPublishedWhereItWasMovedTo() async throws {
        try await withOldJob(Self.list) { command, folder in
            let old = try command.read("out/nac list.csv")
            let refused = try await command("run", "conf/night.axport.yaml")
            try await moved(command, try advised(refused.errors))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out").isEmpty)
            #expect(command.exists("conf/out/nac list.csv.sha256"))
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 0 && !run.errors.contains("warning"), "\(run.errors)")
            #expect(try command.read("conf/out/nac list.csv") == old)
            try await shrunk(command, "conf/night.axport.yaml")
        }
    }

    @Test func itIsPublishedWhereTheFileSaysThatItStays() async throws {
        try await withOldJob(Self.list) { command, _ in
            let refused = try await command("run", "conf/night.axport.yaml")
            #expect(refused.status == 65 && refused.errors.contains("write `base: .` into the pipeline file"))
            try command.write(text(Self.list, base: "base: ."), to: "conf/night.axport.yaml")
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 0 && !run.errors.contains("warning"), "\(run.errors)")
            #expect(!command.exists("conf/out"))
            try await shrunk(command, "conf/night.axport.yaml")
        }
    }

    /// The guard works where the list is now.
    private func shrunk(_ command: Command, _ file: String) async throws {
        try command.write(
            try command.read(file).replacing("load:", with: "transform: [where: \"product_family = 'Mac'\"]\nload:"),
            to: file
        )
        let run = try await command("run", file, "--offline")
        #expect(run.status == 65 && run.errors.contains("refused to publish"), "\(run.errors)")
        #expect(!run.errors.contains("without a comparison"))
    }

    @Test func otherLoadsOfTheFileGoOn() async throws {
        try await withOldJob("\(Self.list)\n  - csv: { file: out/a.csv, columns: [serial_number] }") { command, _ in
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 65, "\(run.errors)")
            #expect(command.exists("conf/out/a.csv") && !command.exists("conf/out/nac list.csv"))
        }
    }

    @Test func aSplitListAndOneOfADayAreFound() async throws {
        let loads = """
            json:
                  file: out/ids.json
                  split_rows: 20
                  max_removed: 10%
                  columns: [serial_number]
              - csv: { file: 'days/{date}/a [1].csv', columns: [serial_number] }
            """
        try await withOldJob(loads) { command, folder in
            try FileManager.default.moveItem(
                atPath: "\(folder)/days/\(try #require(command.files.first { $0.hasPrefix("days/2") }).dropFirst(5))",
                toPath: "\(folder)/days/2025-01-31"
            )
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 65, "\(run.errors)")
            #expect(
                run.errors.contains("\(folder)/days/2025-01-31/a [1].csv is there: relative paths"),
                "\(run.errors)"
            )
            #expect(
                run.errors.contains(
                    "for the new one, move \(folder)/days/2025-01-31/a [1].csv to \(folder)/conf/days/{date}/"
                )
            )
            try await moved(command, try advised(run.errors))
            let second = try await command("run", "conf/night.axport.yaml")
            #expect(second.status == 0 && !second.errors.contains("warning"), "\(second.errors)")
        }
    }

    @Test func aListInADatabaseIsNotBegunAnew() async throws {
        let loads = """
            sqlite: { file: out/all.sqlite, columns: [serial_number, color] }
              - sqlite: { file: out/all.sqlite, table: nac, transform: [mac_addresses: { interfaces: [wifi] }] }
            """
        try await withOldJob(loads) { command, folder in
            for _ in 1...2 {
                let run = try await command("run", "conf/night.axport.yaml")
                #expect(run.status == 65, "\(run.errors)")
                #expect(run.errors.contains("refused to publish \(folder)/conf/out/all.sqlite (nac) without"))
            }
            // The other table has begun a new file, which must not be lost by what is advised.
            let refused = try await command("run", "conf/night.axport.yaml")
            #expect(
                refused.errors.contains(
                    "move \(folder)/out/all.sqlite to \(folder)/conf/out/, in place of what is there"
                )
            )
            try FileManager.default.removeItem(atPath: "\(folder)/conf/out")
            try await moved(command, try advised(try await command("check", "conf/night.axport.yaml").errors))
            let run = try await command("run", "conf/night.axport.yaml")
            #expect(run.status == 0 && !run.errors.contains("warning"), "\(run.errors)")
        }
    }

    @Test func anInventoryInTheWorkingDirectoryIsNamed() async throws {
        try await withOldJob("csv: { file: '\(NSTemporaryDirectory())/{source}.csv' }") { command, folder in
            var command = command
            command.environment["INVENTORY"] = "acme.sqlite"
            let check = try await command("check", "conf/night.axport.yaml")
            #expect(
                check.errors.contains(
                    "3:12: warning: \(folder)/conf/acme.sqlite is not there, but \(folder)/acme.sqlite is there"
                ),
                "\(check.errors)"
            )
            try await moved(command, try advised(check.errors))
            let offline = try await command("plan", "conf/night.axport.yaml")
            #expect(offline.status == 0 && !offline.errors.contains("warning"), "\(offline.errors)")
            #expect(command.exists("conf/acme.sqlite"))
        }
    }
}

import Foundation
import Pipeline
import TestSupport
import Testing

/// What is wrong with a section `tests`, and what the command says of it.
@Suite struct CaseProblemTests {
    private let file = CaseFile()

    @Test func everyProblemIsReportedAtItsPlace() throws {
        let tests = """
              - name: one
                devices:
                  - { serialnumber: C1 }
                  - { serialNumber: C1, coverage: [{ descripton: x }], activation_lock: { locked: true } }
                  - { serialNumber: C1 }
                expect: [{ serial: C1 }, { imeis: [], color: [] }, 5]
                rejects: [{ reason: x }]
              - { name: one, devices: [], expects: [] }
              - { name: two, devices: [] }
            """
        #expect(
            try file.problems(tests) == [
                "8:9: a device needs 'serialNumber'", "8:11: no setting 'serialnumber'",
                "9:42: no setting 'descripton'", "9:79: no setting 'locked'",
                "10:9: the case has the device C1 twice", "11:16: no column 'serial'",
                "11:50: 'color' is text: expected one value", "11:56: expected a row as `column: value` pairs",
                "12:17: no column 'reason'", "13:31: no setting 'expects'", "14:5: the case expects nothing",
            ]
        )
        #expect(
            try file.problems("  - { name: one, devices: [], expect: [] }\n  - { name: one, devices: [], expect: [] }")
                == ["7:5: a case 'one' already exists"]
        )
    }

    @Test func aLoadIsNamedAsReportsPrintItOrByTheEndOfIt() throws {
        var several = file
        several.load = """
            [{ postgres: { url: "postgresql://x/y", table: assets.devices } }, { csv: { file: out/a.csv } }, { csv: { file: b/a.csv } },
              { csv: { file: changes.csv, from: changes } }]
            """
        func problems(_ load: String) throws -> [String] {
            try several.problems("  - { name: one, devices: [], expect: [], load: \(load) }")
        }
        for load in ["assets.devices", "postgres", "out/a.csv", "b/a.csv"] { #expect(try problems(load) == []) }
        #expect(try problems("a.csv") == ["7:49: several loads are named 'a.csv'"])
        #expect(try problems("csv") == ["7:49: several loads are named 'csv'"])
        #expect(try problems("out/c.csv") == ["7:49: no load 'out/c.csv'"])
        #expect(
            try problems("\"changes.csv (changes)\"")
                == ["7:49: a case has no rows of the dataset changes: it has no history"]
        )
    }

    @Test func aChangeOnTheCommandLineDoesNotMakeTheCasesWrong() throws {
        let tests = "  - { name: one, devices: [], expect: [], load: devices.csv }"
        let changed = try file.plans(tests, overrides: [Override("load.0.csv.file=/tmp/trial.csv")])
        #expect(changed.tests.isEmpty)
    }

    @Test func theCommandTellsWhatDiffersAndTouchesNothing() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                name: nightly
                source: { platform: sandbox }
                extract: [devices]
                transform: [imei]
                load: [{ postgres: { url: "postgresql://nobody@127.0.0.1:1/nothing", table: devices } }]
                tests:
                  - { name: a good one, devices: [{ serialNumber: C1 }], expect: [{ serial_number: C1 }] }
                  - { name: a bad one, devices: [{ serialNumber: C1 }], expect: [{ serial_number: C2 }] }
                """,
                to: "n.axport.yaml"
            )
            let all = try await command("test", "n.axport.yaml")
            #expect(all.status == 65)
            #expect(
                all.output.hasPrefix(
                    "✓ a good one\n✗ a bad one (n.axport.yaml:8:5)\n    row 1, serial_number: expected 'C2', got 'C1'\n"
                )
            )
            #expect(all.output.hasSuffix("1 of 2 cases failed\n"))
            let good = try await command("test", "--case", "good", "n.axport.yaml")
            #expect(good.status == 0 && good.output == "✓ a good one\n1 case passed\n")
            #expect(try await command("test", "--case", "ugly", "n.axport.yaml").status == 64)
            #expect(try command.files == ["n.axport.yaml"])
            try command.write(command.read("n.axport.yaml"), to: "m.axport.yaml")
            let both = try await command("test", "--case", "good", "m.axport.yaml", "n.axport.yaml")
            #expect(both.output == "m.axport.yaml:\n✓ a good one\nn.axport.yaml:\n✓ a good one\n2 cases passed\n")
            try command.write(
                try command.read("n.axport.yaml").replacing(
                    "expect: [{ serial_number: C2",
                    with: "expect: [{ serial: C2"
                ),
                to: "n.axport.yaml"
            )
            #expect(try await command("test", "n.axport.yaml").status == 78)
            #expect(try await command("check", "n.axport.yaml").status == 78)
        }
    }

    @Test func noSecretIsNeededUnlessTheStagesDependOnIt() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func test(where condition: String) async throws -> Program.Run {
                try command.write(
                    """
                    source: { platform: business, client_id: "${env:NO_ID}", key_id: "${env:NO_KEY}", private_key: "${file:/no/key}" }
                    extract: [devices]
                    transform: [where: "\(condition)"]
                    load: [{ postgres: { url: "${env:NO_URL}", table: devices } }]
                    tests: [{ name: one, devices: [{ serialNumber: C1, color: RED }], expect: [{ color: RED }] }]
                    """,
                    to: "n.axport.yaml"
                )
                return try await command("test", "n.axport.yaml")
            }
            #expect(try await test(where: "color = 'RED'").status == 0)
            let unknown = try await test(where: "${env:NO_CONDITION}")
            #expect(
                unknown.status == 64 && unknown.errors.hasPrefix("n.axport.yaml:3:20: error: the cases cannot be run"),
                "\(unknown)"
            )
            #expect(try await test(where: "${env:NO_CONDITION:-color = 'RED'}").status == 0)
        }
    }
}

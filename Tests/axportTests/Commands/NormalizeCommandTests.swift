import Foundation
import TestSupport
import Testing

/// Every vector, through the command as a script would call it.
@Suite struct NormalizeCommandTests {
    static let fields = [
        "imei", "imei_list", "meid", "eid", "mac", "mac_format", "nac_allowlist", "storage_bytes", "datetime", "date",
        "date_format", "applecare_flatten", "csv_field", "pg_copy_text", "ndjson_line", "part_number",
    ]

    private static var vectors: [[String: Any]] {
        let files = [
            "TransformTests/Fixtures/identifiers", "TransformTests/Fixtures/mac", "TransformTests/Fixtures/storage",
            "TransformTests/Fixtures/dates", "TransformTests/Fixtures/applecare",
            "TransformTests/Fixtures/partnumbers", "LoadTests/Fixtures/escaping",
        ]
        return files.flatMap { file -> [[String: Any]] in
            guard let text = try? Repository.text("Tests/\(file).json") else { return [] }
            return (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [[String: Any]] ?? []
        }
    }

    private static func line(_ value: Any?) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: value ?? NSNull(),
            options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        )
        return String(decoding: data, as: UTF8.self)
    }

    /// What the command says to these lines.
    private func normalize(_ arguments: [String], _ lines: [String]) async throws -> Program.Run {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(lines.map { "\($0)\n" }.joined(), to: "in")
            return try await command.reading("in", arguments)
        }
    }

    @Test func everyFieldOfTheVectorsIsKnown() {
        #expect(Set(Self.vectors.compactMap { $0["field"] as? String }) == Set(Self.fields))
        #expect(Self.vectors.count == 235)
    }

    @Test(arguments: fields) func everyVectorPasses(_ field: String) async throws {
        let vectors = Self.vectors.filter { $0["field"] as? String == field }
        let run = try await normalize(["normalize", field], try vectors.map { try Self.line($0["input"]) })
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == vectors.count)
        for (vector, line) in zip(vectors, lines) {
            let answer = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let expected: [String: Any?] = [
                "value": vector["expected"], "valid": vector["valid"], "reason": vector["reason"],
                "warnings": vector["warnings"] ?? [String](),
            ]
            #expect(
                try Self.line(answer) == Self.line(expected.mapValues { $0 ?? NSNull() }),
                "\(vector["id"] ?? "")"
            )
        }
    }

    /// Searching it again with every piece that was read, a line of 32 MB took minutes.
    @Test func aLongLineTakesTimeThatGrowsWithIt() async throws {
        let line = "\"x\(String(repeating: "0", count: 32_000_000))\""
        let clock = ContinuousClock.now
        let run = try await normalize(["normalize", "imei"], [line, #""352099001761481""#])
        #expect(run.status == 0, "\(run.errors)")
        let valid = #"{"value":"352099001761481","valid":true,"reason":"ok","warnings":[]}"#
        #expect(run.output == #"{"value":null,"valid":false,"reason":"format","warnings":[]}"# + "\n\(valid)\n")
        #expect(clock.duration(to: .now) < .seconds(100))
    }

    @Test func aMaskIsAStyle() async throws {
        let run = try await normalize(["normalize", "mac", "--style", "xxxx-xxxx-xxxx"], [#""3C-22-FB-0A-0B-0C""#])
        #expect(run.output.contains(#""value":"3c22-fb0a-0b0c""#), "\(run.errors)")
        let wrong = try await normalize(["normalize", "mac", "--style", "xxxx-xxxx-xxx"], [])
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("--style: a mask has 12 x, one for each hexadecimal digit, and this has 11"))
    }

    @Test func aStyleIsAppliedAndAWrongOneNamed() async throws {
        let run = try await normalize(["normalize", "mac", "--style", "cisco_dot"], [#""3C-22-FB-0A-0B-0C""#])
        #expect(run.output == #"{"value":"3c22.fb0a.0b0c","valid":true,"reason":"ok","warnings":[]}"# + "\n")
        let wrong = try await normalize(["normalize", "mac", "--style", "cisco"], [])
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("cisco_dot"))
        #expect(try await normalize(["normalize", "imei", "--style", "colon_upper"], []).status == 64)
    }

    @Test func linesThatAreNoJSONHaveTheirAnswerInPlace() async throws {
        let run = try await normalize(["normalize", "imei"], ["\"352099001761481\"", "352 1", "", "\"n/a\""])
        #expect(run.status == 65)
        let answers = run.output.split(separator: "\n")
        #expect(answers.count == 4)
        for (answer, reason) in zip(answers, ["ok", "format", "format", "placeholder"]) {
            #expect(answer.contains("\"reason\":\"\(reason)\""))
        }
        #expect(run.errors.contains("line 2:") && run.errors.contains("line 3:"))
    }

    @Test func anUnknownFieldNamesTheNearest() async throws {
        let run = try await normalize(["normalize", "imie"], [])
        #expect(run.status == 64)
        #expect(run.errors.contains("did you mean 'imei'"))
    }
}

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

    @Test(arguments: [
        (["imei", "35-209900-176148-1"], "35-209900-176148-1 → 352099001761481"),
        (["imei", "35209900176148"], "35209900176148 → 352099001761481 (it came without its check digit)"),
        (
            ["imei", "35-209900-176148-2"],
            "35-209900-176148-2 → rejected (checksum): its check digit is 2, and the other 14 digits call for 1"
        ),
        (["imei", "3520990017614"], "3520990017614 → rejected (length): it has 13 digits, and an IMEI has 15"),
        (
            ["imei", "35209900176148O"],
            "35209900176148O → rejected (format): it contains 'O', and an IMEI has only digits"
        ),
        (
            ["imei", "35209900176148a"],
            "35209900176148a → rejected (format): it contains 'a', and an IMEI has only digits"
        ),
        (["imei", "  "], "'  ' → no value: it is blank"),
        (
            ["imei", "3.52099E+14"],
            "3.52099E+14 → rejected (scientific_notation): it was converted to a floating-point number on the way"
        ),
        (
            ["eid", "89049032004008882600002123456789"],
            "89049032004008882600002123456789 → rejected (checksum): its last two digits are 89, and the other 30 call "
                + "for 58"
        ),
        (
            ["mac", "02:00:00:00:00:00"],
            "02:00:00:00:00:00 → rejected (placeholder): Apple's systems give 02:00:00:00:00:00 in place of an address "
                + "that they hide"
        ),
        (
            ["mac", "3C-22-FB-0A-0B"],
            "3C-22-FB-0A-0B → rejected (format): it has 10 hexadecimal digits, and a MAC address has 12"
        ),
        (
            ["mac", "3C:22:FB:0A:0B:0G"],
            "3C:22:FB:0A:0B:0G → rejected (format): it contains 'G', which is no hexadecimal digit"
        ),
        (["mac", "3C-22-FB-0A-0B-0C", "--style", "cisco_dot"], "3C-22-FB-0A-0B-0C → 3c22.fb0a.0b0c"),
        (["storage_bytes", "256"], "256 → rejected (format): '256' is not a number with a unit, such as 256GB"),
        (["imei_list", "352099001761481"], #"352099001761481 → ["352099001761481"]"#),
    ]) func argumentsAreAnsweredInWords(_ arguments: [String], _ answer: String) async throws {
        let run = try await Command(folder: "/")(["normalize"] + arguments)
        #expect(run.output == "\(answer)\n", "\(run.errors)")
        #expect(run.status == 0)
    }

    /// The check digits that a message calls for are those that the rule accepts.
    @Test(arguments: [("imei", "35209900176148", 1), ("eid", "890490320040088826000021234567", 2)])
    func theDigitsThatAreCalledForAreRight(field: String, body: String, length: Int) async throws {
        let wrong = body + String(repeating: "0", count: length)
        let answer = try await Command(folder: "/")("normalize", field, wrong).output
        let digits = try #require(answer.firstMatch(of: /call for (\d+)\n/)?.output.1)
        #expect(try await Command(folder: "/")("normalize", field, body + digits).output.contains("→ \(body)\(digits)"))
    }

    @Test func argumentsAreAnsweredAsJSONIfAskedFor() async throws {
        let run = try await Command(folder: "/")("normalize", "imei", "n/a", "352099001761481", "--json")
        #expect(
            run.output == """
                {"value":null,"valid":false,"reason":"placeholder","warnings":[]}
                {"value":"352099001761481","valid":true,"reason":"ok","warnings":[]}

                """
        )
    }

    @Test func aFieldThatTakesAnObjectTakesNoArgument() async throws {
        let run = try await Command(folder: "/")("normalize", "mac_format", "3C-22-FB-0A-0B-0C")
        #expect(run.status == 64)
        #expect(
            run.errors == "error: mac_format takes an object, not a text\nhint: give it as JSON on standard input\n"
        )
    }
}

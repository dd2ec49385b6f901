import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite struct JSONDocumentTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func written(_ settings: String, _ schema: Schema, _ rows: [[TestValue]]) async throws -> String {
        try await loader("json: { file: '\(folder.file("a.json"))'\(settings) }").load(schema, Batch(rows))
        return try folder.text("a.json")
    }

    /// The document as Python reads it, on one line.
    private func read() throws -> String {
        let script = "import json, sys; print(json.dumps(json.load(open(sys.argv[1])), separators=(',', ':')))"
        let run = try Program.run("/usr/bin/env", ["python3", "-c", script, folder.file("a.json")])
        try #require(run.status == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .newlines)
    }

    @Test func everyTypeHasOneForm() async throws {
        let text = try await written(
            "",
            .types,
            [
                [
                    "SN1", 256_000_000_000, 0.5, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:11:22",
                    #"["1","2"]"#, "{\n\"b\": 1}",
                ],
                ["SN\n2"] + Array(repeating: .null, count: 8),
            ]
        )
        #expect(
            text == """
                [
                {"id":"SN1","size":256000000000,"share":0.5,"is_new":true,"seen_at":"2025-04-30T22:05:14.000Z",\
                "ends_on":"2025-04-30","wifi_mac_address":"a4:83:e7:00:11:22","imeis":["1","2"],"extra":{"b": 1}},
                {"id":"SN\\n2","size":null,"share":null,"is_new":null,"seen_at":null,"ends_on":null,\
                "wifi_mac_address":null,"imeis":null,"extra":null}
                ]

                """
        )
    }

    @Test func theListStandsInsideADocument() async throws {
        let document = #", document: '{"clients": $rows, "devicePolicy": "Allowed $"}'"#
        _ = try await written(document, .pairs, [["1", "ü"], ["2", nil]])
        #expect(
            try read()
                == #"{"clients":[{"id":"1","note":"\u00fc"},{"id":"2","note":null}],"devicePolicy":"Allowed $"}"#
        )
    }

    @Test func aRowMayBeItsOnlyValue() async throws {
        let schema = Schema("macs", "", key: [], [Field("mac", .mac, "")])
        let text = try await written(
            #", elements: values, document: '{"mac_filter_list": $rows}'"#,
            schema,
            [["a4:83:e7:00:11:22"], [nil], ["a4:83:e7:00:11:23"]]
        )
        #expect(text == "{\"mac_filter_list\": [\n\"a4:83:e7:00:11:22\",\nnull,\n\"a4:83:e7:00:11:23\"\n]}\n")
        #expect(try read() == #"{"mac_filter_list":["a4:83:e7:00:11:22",null,"a4:83:e7:00:11:23"]}"#)
    }

    @Test func aValueThatIsJSONStaysJSON() async throws {
        let schema = Schema("docs", "", key: [], [Field("doc", .json, "")])
        _ = try await written(", elements: values", schema, [[#"{"a":[1]}"#], ["2"]])
        #expect(try read() == #"[{"a":[1]},2]"#)
    }

    @Test(arguments: [("", "[]"), (#", document: '{"list": $rows}'"#, #"{"list":[]}"#)])
    func anEmptyListIsADocument(settings: String, expected: String) async throws {
        _ = try await written(settings, .pairs, [])
        #expect(try read() == expected)
    }

    @Test func severalBatchesAreOneList() async throws {
        let load = try loader("json: { file: '\(folder.file("a.json"))' }")
        let counts = try await load.load(.pairs, Batch([]), .pairs(0..<1), .pairs(1..<1), .pairs(1..<3))
        #expect(counts == LoadCounts(written: 3))
        #expect(
            try read()
                == #"[{"id":"1000","note":"note"},{"id":"1001","note":"note"},{"id":"1002","note":"note"}]"#
        )
    }

    @Test(arguments: [
        (#"1️⃣'{"list": []}'"#, "1️⃣ expected JSON that contains $rows once"),
        (#"1️⃣'[$rows, $rows]'"#, "1️⃣ expected JSON that contains $rows once"),
        (#"1️⃣'{"list": $rows'"#, "1️⃣ this is not JSON after a list replaces $rows: "),
        (#"1️⃣'{$rows: 1}'"#, "1️⃣ this is not JSON after a list replaces $rows: "),
        (#"1️⃣'{"list": "$rows"}'"#, "1️⃣ this is not JSON after a list replaces $rows: "),
        (#"1️⃣'{"list": $rows} x'"#, "1️⃣ this is not JSON after a list replaces $rows: "),
        (#"1️⃣[]"#, "1️⃣ expected text"),
    ])
    func aDocumentWithoutAPlaceForTheListIsRefused(document: String, problem: String) throws {
        let found = try problems("json: { file: a.json, document: \(document) }")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(problem) == true, "\(found)")
    }

    @Test func columnsMustFit() throws {
        #expect(
            try problems("json: { file: a.json, elements: values }")
                == ["1:1 elements: values needs exactly one column, and there are 2; name it with `columns:`"]
        )
    }
}

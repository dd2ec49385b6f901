import Records
import Stages
import Testing

@Suite struct NDJSONTests {
    private func written(_ schema: Schema, _ rows: [[TestValue]]) async throws -> String {
        let folder = try TestFolder()
        try await loader("ndjson: { file: \(folder.file("a.ndjson")) }").load(schema, Batch(rows))
        return try folder.text("a.ndjson")
    }

    @Test func everyTypeHasOneForm() async throws {
        let text = try await written(
            .types,
            [
                [
                    "SN1", 256_000_000_000, 0.5, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:11:22",
                    #"["1","2"]"#, #"{"b":1,"a":[null]}"#,
                ],
                ["SN2"] + Array(repeating: .null, count: 8),
            ]
        )
        #expect(
            text == """
                {"id":"SN1","size":256000000000,"share":0.5,"is_new":true,"seen_at":"2025-04-30T22:05:14.000Z",\
                "ends_on":"2025-04-30","wifi_mac_address":"a4:83:e7:00:11:22","imeis":["1","2"],"extra":{"b":1,"a":[null]}}
                {"id":"SN2","size":null,"share":null,"is_new":null,"seen_at":null,"ends_on":null,\
                "wifi_mac_address":null,"imeis":null,"extra":null}

                """
        )
    }

    @Test func aRowIsOneLineWhateverItHolds() async throws {
        let extra = "{\r\n  \"a\": \"x\u{2028}y\u{2029}z\u{85}é\u{A0}\"\n}"
        let text = try await written(.types, [["a\nb\u{2028}"] + Array(repeating: .null, count: 7) + [.text(extra)]])
        #expect(text.hasSuffix("\"extra\":{  \"a\": \"x\\u2028y\\u2029z\\u0085é\u{A0}\"}}\n"))
        #expect(text.split(whereSeparator: \.isNewline).count == 1)
    }

    @Test func whatIsNoNumberIsNull() async throws {
        let schema = Schema("numbers", "", key: [], [Field("a", .real, ""), Field("b", .integer, "")])
        #expect(
            try await written(schema, [[.real(.nan), .integer(.min)], [.real(-.infinity), .integer(.max)]])
                == "{\"a\":null,\"b\":-9223372036854775808}\n{\"a\":null,\"b\":9223372036854775807}\n"
        )
    }
}

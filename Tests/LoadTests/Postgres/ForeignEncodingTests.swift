import Records
import Stages
import TestSupport
import Testing

/// Databases whose encoding does not have every character.
@Suite struct ForeignEncodingTests {
    private static func database(_ encoding: String) async throws -> String {
        let server = try await PostgresServer.shared()
        let name = "foreign_\(UInt64.random(in: 0 ..< .max))"
        _ = try server.query(
            "CREATE DATABASE \(name) ENCODING '\(encoding)' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
            database: server.url("postgres")
        )
        return server.url(name)
    }

    private static let things = Schema(
        "things",
        "",
        key: ["serial_number"],
        [
            Field("serial_number", .text, ""), Field("note", .text, "Somebody’s own."), Field("imeis", .textList, ""),
            Field("extra", .json, ""), Field("size", .integer, ""), Field("wifi_mac_address", .mac, ""),
        ]
    )

    private static let fitting: [[TestValue]] = [
        [
            "SN1", #"Zürich \x "a""#, #"["é","a\"b\\c,{}"]"#, #"{"a":"\u00fc\\u00fc","b":"ü\u0000"}"#, 7,
            "a4:83:e7:00:11:22",
        ],
        ["SN2", "plain\ttab\n", nil, nil, nil, nil],
    ]
    private static let unfitting: [TestValue] = ["SN3", "it’s", #"["東京"]"#, #"{"a":"\u2019"}"#, 9, nil]

    private func query(_ sql: String, _ url: String) async throws -> [[String?]] {
        try await PostgresServer.shared().query(sql, database: url)
    }

    private func loader(_ url: String, _ settings: String = "") throws -> any Loader {
        try LoadTests.loader("postgres: { url: '\(url)'\(settings) }")
    }

    @Test(arguments: ["LATIN1", "WIN1252", "EUC_JP"]) func whatTheyHaveIsLoaded(encoding: String) async throws {
        let url = try await Self.database(encoding)
        let rows = Batch(encoding == "EUC_JP" ? [["SN1", "東京", #"["東","京"]"#, #"{"a":"東"}"#, nil, nil]] : Self.fitting)
        let load = try loader(url, ", history: true")
        #expect(try await load.load(Self.things, rows).written == rows.count)
        #expect(try await load.load(Self.things, rows) == LoadCounts(unchanged: rows.count))
        let found = try await query("SELECT note, imeis[1], extra->>'a', extra->>'b' FROM things ORDER BY 1 DESC", url)
        #expect(
            encoding == "EUC_JP"
                ? found == [["東京", "東", "東", nil]]
                : Set(found.map { $0[0] }) == [#"Zürich \x "a""#, "plain\ttab\n"]
                    && found.contains { $0.dropFirst() == ["é", #"ü\u00fc"#, "ü"] }
        )
    }

    @Test func whatTheyLackIsRefusedByName() async throws {
        let url = try await Self.database("LATIN1")
        let rows = Batch(Self.fitting + [Self.unfitting])
        let refusal = try await failure { try await loader(url).load(Self.things, rows) }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message == """
                values do not fit table things: note has 1 value with characters that the database's encoding LATIN1 \
                lacks (serial_number SN3); imeis has 1 value with characters that the database's encoding LATIN1 lacks \
                (serial_number SN3); extra has 1 value with characters that the database's encoding LATIN1 lacks \
                (serial_number SN3); nothing was changed
                """
        )
        #expect(
            refusal.advice
                == "set unfit: quarantine to load the rows without these values, or load into a database with the encoding UTF8"
        )
    }

    @Test func oneCharacterIsOneReject() async throws {
        let url = try await Self.database("LATIN1")
        let load = try loader(url, ", unfit: quarantine")
        let rows = Batch(Self.fitting + [Self.unfitting])
        for written in [3, 0] {
            let counts = try await load.load(Self.things, rows)
            #expect((counts.written, counts.unchanged) == (written, 3 - written))
            #expect(
                counts.rejects.map { [$0.serialNumber, $0.column, $0.value, $0.reason.rawValue] } == [
                    ["SN3", "note", "it’s", "does_not_fit"], ["SN3", "imeis", #"{"東京"}"#, "does_not_fit"],
                    ["SN3", "extra", #"{"a":"’"}"#, "does_not_fit"],
                ]
            )
        }
        #expect(
            try await query("SELECT note, imeis, extra, size FROM things WHERE serial_number = 'SN3'", url)
                == [[nil, nil, nil, "9"]]
        )
    }

    @Test func aKeyCannotGoWithout() async throws {
        let url = try await Self.database("LATIN1")
        let refusal = try await failure {
            try await loader(url, ", unfit: quarantine").load(.pairs, Batch([["a’b", "x"]]))
        }
        #expect(refusal.message.contains("LATIN1 lacks and must not be empty (id a"), "\(refusal)")
        #expect(refusal.advice == "load into a database with the encoding UTF8")
    }

    @Test func limitsOfColumnsHoldThereToo() async throws {
        let url = try await Self.database("LATIN1")
        _ = try await query("CREATE TABLE pairs (id varchar(4) PRIMARY KEY, note varchar(2))", url)
        let counts = try await loader(url, ", unfit: quarantine").load(.pairs, Batch([["äöüß", "äöü"], ["1", "äö"]]))
        #expect(counts.rejects.map { [$0.column, $0.value] } == [["note", "äöü"]])
        #expect(try await query("SELECT note FROM pairs ORDER BY id", url) == [["äö"], [nil]])
    }
}

import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// Client ID and key ID are judged by their form.
@Suite struct AccountIDsTests {
    private static let uuid = "4ad1f8a3-1f5c-4b0e-9c63-0d2a5b7e91aa"

    private func found(client: String, key: String, platform: String = "business") throws -> [String] {
        try problems(
            pipeline(source: "{ platform: \(platform), client_id: 1️⃣'\(client)', key_id: 2️⃣'\(key)', private_key: p }")
        )
    }

    private func doubts(client: String, key: String, more: String = "") throws -> [String] {
        try source("{ platform: business, client_id: '\(client)', key_id: '\(key)', private_key: p\(more) }")
            .doubts.map(\.description)
    }

    @Test func thoseAsAppleDocumentsThemAreTaken() throws {
        #expect(try found(client: "BUSINESSAPI.\(Self.uuid)", key: Self.uuid).isEmpty)
        #expect(try found(client: "SCHOOLAPI.\(Self.uuid.uppercased())", key: Self.uuid, platform: "school").isEmpty)
        #expect(try doubts(client: "BUSINESSAPI.\(Self.uuid)", key: Self.uuid.uppercased()).isEmpty)
    }

    @Test func swappedOnesAreNamedOnce() throws {
        #expect(
            try found(client: Self.uuid, key: "BUSINESSAPI.\(Self.uuid)") == [
                "1️⃣ client_id and key_id are swapped; client_id is the one that begins with BUSINESSAPI."
            ]
        )
    }

    @Test(arguments: ["\"", "“”", "''"]) func quotesAreNamed(_ quotes: String) throws {
        let id = "\(quotes.first ?? "\"")\(Self.uuid)\(quotes.last ?? "\"")".replacing("'", with: "''")
        #expect(
            try found(client: "BUSINESSAPI.\(Self.uuid)", key: id) == [
                "2️⃣ key_id has quotes around it; remove them where the value is set; an env file keeps quotes that a shell would drop"
            ]
        )
    }

    @Test(arguments: [" X", "X ", "X\u{A0}"]) func blanksAreNamed(_ id: String) throws {
        #expect(
            try found(client: id.replacing("X", with: "BUSINESSAPI.\(Self.uuid)"), key: Self.uuid) == [
                "1️⃣ client_id begins or ends with a blank; remove it where the value is set"
            ]
        )
        #expect(
            try found(client: "BUSINESSAPI.\(Self.uuid)", key: "a b") == [
                "2️⃣ key_id contains white space; check whether it is the value of another setting"
            ]
        )
    }

    /// Apple documents the form by a sample; one that differs may be right.
    @Test func anotherFormIsDoubtedAndTaken() throws {
        #expect(
            try doubts(client: Self.uuid, key: "AB12") == [
                "t.yaml:1:42: warning: client_id is not BUSINESSAPI. and a UUID; compare it with the client ID of the API account",
                "t.yaml:1:90: warning: key_id is not a UUID; compare it with the key ID of the API account",
            ]
        )
        #expect(try doubts(client: "OWN.1", key: "k", more: ", api_url: 'https://gateway.example'").isEmpty)
    }
}

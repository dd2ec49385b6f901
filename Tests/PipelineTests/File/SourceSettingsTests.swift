import Pipeline
import Records
import Stages
import Testing

@Suite struct SourceSettingsTests {
    private func messages(_ yaml: String) throws -> [String] {
        try problems(pipeline(source: yaml)).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    private func business(_ more: String = "", client: String = "BUSINESSAPI.1a", platform: String = "business")
        -> String
    {
        "{ platform: \(platform), client_id: \(client), key_id: k, private_key: p\(more.isEmpty ? "" : ", \(more)") }"
    }

    @Test func theSandboxNeedsNothing() throws {
        let settings = try source("{ platform: sandbox }")
        #expect(settings.name == "sandbox-500-1")
        #expect(settings.identity == "sandbox of 500 devices, seed 1")
        #expect([settings.sandbox.devices, settings.sandbox.seed, settings.sandbox.night] == [500, 1, 1])
        #expect(settings.maxInFlight == 8)
        #expect(settings.rate == nil)
    }

    @Test func thePlatformHasItsAPI() throws {
        let settings = try source(business())
        #expect(settings.apiURL == "https://api-business.apple.com")
        #expect(settings.tokenURL == "https://account.apple.com/auth/oauth2/token")
        #expect(settings.name == "businessapi.1a")
        #expect(settings.identity == "BUSINESSAPI.1a at https://api-business.apple.com")
        #expect(
            try source(business(client: "SCHOOLAPI.1", platform: "school")).apiURL == "https://api-school.apple.com"
        )
    }

    @Test func aSlashAtTheEndIsTakenOff() throws {
        #expect(try source(business("api_url: 'https://h.example/'")).apiURL == "https://h.example")
    }

    @Test(arguments: ["business", "school"]) func whoAsksMustBeSaid(_ platform: String) throws {
        #expect(
            try messages("{ platform: \(platform) }") == [
                "source needs 'client_id' for platform \(platform)", "source needs 'key_id' for platform \(platform)",
                "source needs 'private_key' for platform \(platform)",
            ]
        )
        #expect(
            try messages("{}") == [
                "source needs 'platform': Apple Business, Apple School Manager, or the simulated API inside axport."
            ]
        )
    }

    @Test func theClientIDTellsThePlatform() throws {
        #expect(
            try messages(business(client: "SCHOOLAPI.1")) == [
                "client_id 'SCHOOLAPI.1' is of platform school, not business; write platform: school, or take the client ID of the other account"
            ]
        )
        #expect(
            try messages(business(client: "businessapi.1", platform: "school")) == [
                "client_id 'businessapi.1' is of platform business, not school; write platform: business, or take the client ID of the other account"
            ]
        )
        #expect(try messages(business(client: "OWN.1")).isEmpty)
    }

    @Test(arguments: [
        "http://api.example", "http://localhost.example", "http://127.0.0.1.example/v1",
        "ftp://localhost", "api.example", "https://",
        "''",
        "HTTP://localhost", "//localhost",
    ])
    func theTokenDoesNotTravelInTheClear(_ url: String) throws {
        for setting in ["api_url", "token_url"] {
            #expect(
                try messages(business("\(setting): \"\(url)\"")) == [
                    "\(setting) must begin with https:// (http:// only for 127.0.0.1, [::1] and localhost)"
                ]
            )
        }
    }

    @Test(arguments: [
        ("https://me:hunter2@h.example", "contains a user or a password; remove what is before the @"),
        ("http://127.0.0.1:80@evil.example", "contains a user or a password; remove what is before the @"),
        ("http://localhost@evil.example", "contains a user or a password; remove what is before the @"),
        ("https://ex ample.com", "contains white space; remove it"),
        ("https://h.example/a b", "contains white space; remove it"),
    ])
    func whatNoAddressContainsIsNamed(url: String, cause: String) throws {
        for setting in ["api_url", "token_url"] {
            let found = try messages(business("\(setting): \"\(url)\""))
            #expect(found.count == 1)
            #expect(found.first?.hasPrefix("\(setting) \(cause)") == true, "\(found)")
            #expect(!found.description.contains("hunter2"))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:99999", "the port in api_url must lie between 1 and 65535"),
        ("https://h.example:0", "the port in api_url must lie between 1 and 65535"),
        ("https://h.example:", "the port in api_url must lie between 1 and 65535"),
        ("https://[::1]:8x", "the port in api_url must lie between 1 and 65535"),
        ("https://a,b", "the host in api_url is not a host name; expected https://host or https://host:port"),
        ("https://[::1", "the host in api_url is not a host name; expected https://host or https://host:port"),
        ("https://h?x=1", "api_url must not contain ?; remove it and what follows"),
        ("https://h/a#b", "api_url must not contain #; remove it and what follows"),
        ("https://h/v1", "api_url must not end with /v1; leave it out; axport adds it to each path"),
        ("https://h/apple/v1/", "api_url must not end with /v1; leave it out; axport adds it to each path"),
    ])
    func anAddressThatNoRequestCanUseIsRefusedAtItsPlace(url: String, problem: String) throws {
        let yaml = pipeline(source: business("api_url: 1️⃣\"\(url)\""))
        #expect(try problems(yaml) == ["1️⃣ \(problem)"])
    }

    @Test func otherPathsAndQueriesOfTheTokenEndpointAreAllowed() throws {
        let more = "api_url: 'https://bücher.example/v1/apple', token_url: 'https://[2001:db8::1]:443/v1?a=b'"
        #expect(try messages(business(more)).isEmpty)
    }

    @Test func aMissingFileOfAuthoritiesIsRefusedAtItsPlace() throws {
        #expect(
            try problems(pipeline(source: business("ca_file: 1️⃣/nosuch/ca.pem"))) == [
                "1️⃣ ca_file: the file /nosuch/ca.pem does not exist; name a PEM file with the certificate authorities to trust"
            ]
        )
        #expect(try messages(business("ca_file: /dev/null")).isEmpty)
    }

    @Test(arguments: [
        "https://h.example", "https://h.example:8443/a", "http://127.0.0.1", "http://localhost:8080",
        "http://[::1]:8080/a",
        "http://127.0.0.1:8080/",
    ])
    func thisMachineMayBeAskedInTheClear(_ url: String) throws {
        #expect(try messages(business("api_url: \"\(url)\", token_url: \"\(url)\"")).isEmpty)
    }

    @Test(arguments: ["a/b", "a\\b", ".hidden", ".."]) func theNameMustFitAFileName(_ name: String) throws {
        #expect(
            try messages("{ platform: sandbox, name: '\(name)' }") == [
                "source: the name '\(name)' cannot be part of a file name"
            ]
        )
    }

    @Test func numbersMustMakeSense() throws {
        #expect(
            try messages("{ platform: sandbox, rate: 0, devices: -1 }") == [
                "rate must lie between 0.0001 and 10000 requests a second",
                "devices must be from 0 to 10000000",
            ]
        )
        #expect(try messages("{ platform: sandbox, rate: 1e-20 }").count == 1)
        #expect(
            try messages("{ platform: sandbox, max_in_flight: 0, night: 0 }") == [
                "max_in_flight must lie between 1 and 100", "night must be from 1 to 10000",
            ]
        )
    }
}

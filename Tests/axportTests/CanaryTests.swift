import Foundation
import Sandbox
import TestSupport
import Testing

/// A gateway's error page repeats what it was sent. Nothing of it that is secret is said or kept.
@Suite struct CanaryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let place: EchoingGateway.Place
        let status: Int
        var token = "canaryTokenHead7Qm2Vx9Lw4Zt8Kp3Rn6Bj1"

        var testDescription: String { "\(place.rawValue) answers \(status) \(token.count)" }
    }

    private static let odd = "canaryTokenHead7\r\nQm2Vx9Lw4Zt8\0Kp3Rn6Bj1Fs5Hd0Gc"
    private static let cases =
        EchoingGateway.Place.allCases.flatMap { place in [400, 403].map { Case(place: place, status: $0) } }
        + [Case(place: .coverage, status: 404), Case(place: .coverage, status: 403, token: odd)]

    private func text(_ port: Int) -> String {
        """
        name: canary
        source:
          platform: business
          name: acme
          client_id: BUSINESSAPI.canary
          key_id: k
          private_key: ${file:key.pem}
          api_url: http://127.0.0.1:\(port)
          token_url: http://127.0.0.1:\(port)/token
          max_time: 4s
        extract: [devices, coverage]
        load:
          - csv: { file: out/devices.csv, columns: [serial_number, coverage_state, coverage_error] }
          - ndjson: { file: out/runs.ndjson, from: runs }
        """
    }

    @Test(arguments: cases) func nothingSecretIsSaidOrKept(_ test: Case) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let gateway = try await EchoingGateway(
                folder: folder,
                echoing: test.place,
                status: test.status,
                token: test.token
            )
            defer { gateway.stop() }
            let openssl = ["ecparam", "-name", "prime256v1", "-genkey", "-noout"]
            let key = try Program.run("/usr/bin/env", ["openssl"] + openssl).output
            try command.write(key, to: "key.pem", mode: 0o600)
            try command.write(text(gateway.port), to: "p.axport.yaml")
            let run = try await command("run", "p.axport.yaml", "--json", "--summary", "summary.json")
            #expect(run.status != 0)
            let shown = try await command("runs", "show", "last")
            var said = [run.output, run.errors, shown.output, shown.errors]
            let isKeptSecret = ["key.pem", "gateway.log"]
            for file in try command.files where !isKeptSecret.contains(file) && !file.contains("token-") {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else { continue }
                said.append(String(decoding: data, as: UTF8.self))
            }
            let secrets = Self.runs(of: [test.token, try assertion(in: gateway.heard), key])
            for text in said {
                #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" }, "\(text)")
                #expect(Self.runs(of: [text]).isDisjoint(with: secrets), "\(text)")
            }
            #expect(run.errors.contains("‹secret›") || test.token == Self.odd || test.place == .token)
        }
    }

    /// Without its constant beginning.
    private func assertion(in heard: String) throws -> String {
        let form = try #require(heard.firstRange(of: "client_assertion="))
        let rest = heard[form.upperBound...].prefix { $0 != "&" && !$0.isWhitespace }
        return String(rest.drop { $0 != "." })
    }

    private static func runs(of texts: [String]) -> Set<[UInt8]> {
        let armor = ["-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----"]
        var runs: Set<[UInt8]> = []
        for text in texts {
            let bytes = Array(armor.reduce(text) { $0.replacing($1, with: "") }.utf8)
            for start in bytes.indices.dropLast(11) { runs.insert(Array(bytes[start..<start + 12])) }
        }
        return runs
    }
}

import Foundation
import Records
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
            let run = try await command(
                ["run", "p.axport.yaml", "--json", "--summary", "summary.json", "--log-level", "debug"]
            )
            #expect(run.status != 0)
            let shown = try await command("runs", "show", "last")
            let texts = [run.output, run.errors, shown.output, shown.errors]
            let controls = texts.joined().unicodeScalars.filter { $0.isControl && $0 != "\n" }
            #expect(controls.isEmpty, "\(controls)")
            var kept = texts.map { Data($0.utf8) }
            let isKeptSecret = ["key.pem", "gateway.log"]
            for file in try command.files where !isKeptSecret.contains(file) && !file.contains("token-") {
                if let data = FileManager.default.contents(atPath: "\(folder)/\(file)") { kept.append(data) }
            }
            for secret in [test.token, try assertion(in: gateway.heard), key] {
                for run in Self.runs(of: secret) {
                    #expect(!kept.contains { $0.range(of: run) != nil }, "\(String(decoding: run, as: UTF8.self))")
                }
            }
            // The gateway repeats more than 500 characters; the details are told to whoever asks.
            if test.place == .api, test.status == 403 {
                let detail = try #require(shown.output.firstRange(of: "devices in full: blocked "))
                #expect(shown.output[detail.lowerBound...].contains(#"\u{1b}[31m"#))
            }
            let isHidden = kept.contains { $0.range(of: Data("‹secret›".utf8)) != nil }
            #expect(isHidden || test.token == Self.odd || test.place == .token)
        }
    }

    /// Without its constant beginning.
    private func assertion(in heard: String) throws -> String {
        let form = try #require(heard.firstRange(of: "client_assertion="))
        let rest = heard[form.upperBound...].prefix { $0 != "&" && !$0.isWhitespace }
        return String(rest.drop { $0 != "." })
    }

    /// Runs of twelve bytes, of which every longer part of a secret has one.
    private static func runs(of secret: String) -> [Data] {
        let armor = ["-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----"]
        let bytes = Array(armor.reduce(secret) { $0.replacing($1, with: "") }.utf8)
        return stride(from: 0, through: bytes.count - 12, by: 6).map { Data(bytes[$0..<$0 + 12]) }
    }
}

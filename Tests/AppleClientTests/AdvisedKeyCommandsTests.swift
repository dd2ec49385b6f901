import AppleClient
import Foundation
import Records
import TestSupport
import Testing

/// The commands that messages about private keys give are run, on such a key.
@Suite struct AdvisedKeyCommandsTests {
    private static let key = "openssl ecparam -name prime256v1 -genkey -noout"

    /// - Parameter makes: whether the command makes a key that is taken; others show what a file holds.
    @Test(arguments: [
        ("\(key) | openssl pkcs8 -topk8 -passout pass:word", true),
        ("\(key) | openssl ec -aes128 -passout pass:word", true),
        ("echo Here is the key:; \(key)", true),
        ("openssl genrsa 2048", false), ("openssl genrsa -traditional 2048", false),
        ("openssl ecparam -name secp384r1 -genkey -noout", false),
        ("openssl ecparam -name secp256k1 -genkey -noout", false),
        ("openssl genpkey -algorithm ed25519", false),
    ])
    func leadWhereTheySay(made: String, makes: Bool) async throws {
        try await withTemporaryFolder { folder in
            func shell(_ command: String) throws -> Program.Run {
                // Without a terminal openssl reads the password from its standard input.
                try Program.run("/usr/bin/env", ["setsid", "sh", "-c", "cd '\(folder)' && \(command)"])
            }
            try #require(try shell("{ \(made); } > KEY.pem").status == 0)
            let text = try String(contentsOfFile: "\(folder)/KEY.pem", encoding: .utf8)
            let failure = #expect(throws: Failure.self) { try PrivateKey(pem: text) }
            let advice = try #require(failure?.advice)
            let begin = try #require(advice.range(of: "openssl "))
            let command = advice[begin.lowerBound...].components(separatedBy: " shows ")[0]
                .components(separatedBy: " tells ")[0]
            let run = try shell("echo word | { \(command); }")
            if makes {
                #expect(run.status == 0, "\(run.errors)")
                let file = try #require(command.components(separatedBy: "-out ").last?.split(separator: " ").first)
                _ = try PrivateKey(pem: String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8))
                let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")[.posixPermissions]
                #expect(mode as? Int == 0o600)
            } else {
                #expect(run.status == 0, "\(run.errors)")
                #expect(!run.output.isEmpty)
            }
        }
    }
}

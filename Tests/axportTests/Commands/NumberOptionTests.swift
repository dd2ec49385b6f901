import Foundation
import Sandbox
import TestSupport
import Testing

/// Numbers on the command line that no option can mean.
@Suite struct NumberOptionTests {
    @Test(arguments: [
        ["sandbox", "--port", "65536"], ["sandbox", "--port", "-1"], ["sandbox", "--devices", "9223372036854775807"],
        ["sandbox", "--devices", "9223372036854775808"], ["sandbox", "--night", "9223372036854775807"],
        ["sandbox", "--night", "10001"], ["sandbox", "--latency-ms", "9223372036854775807"],
        ["sandbox", "--token-lifetime", "-9223372036854775808"], ["sandbox", "--burst", "9223372036854775807"],
        ["sandbox", "--seed", "18446744073709551616"], ["sandbox", "--rate", "1e400"], ["sandbox", "--rate", "nan"],
        ["sandbox", "--fault", "500:inf"], ["sandbox", "--tonight", "-999-01-01T00:00:00Z"],
        ["sandbox", "--tonight", "0001-01-01T00:00:00Z"], ["sandbox", "--tonight", "2026-01-01T00:00:00.-12Z"],
        ["sandbox", "--tonight", "9999-12-31T00:00:00Z"], ["demo", "--devices", "9223372036854775807"],
        ["sandbox", "--organizations", "0"], ["sandbox", "--organizations", "10000"],
        ["sandbox", "--organization", "1:night=2"], ["sandbox", "--organizations", "2", "--organization", "3:night=2"],
        ["preview", "p.axport.yaml", "--rows", "-1"], ["run", "p.axport.yaml", "--limit", "9223372036854775808"],
        ["run", "p.axport.yaml", "--max-rejects", "1e400%"],
        ["run", "p.axport.yaml", "--max-time", "9223372036854775807d"],
        ["run", "p.axport.yaml", "--shard", "9223372036854775808/2"], ["runs", "--limit", "-9223372036854775808"],
    ])
    func theCommandLineIsWrong(_ arguments: [String]) async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)(arguments)
            #expect(run.status == 64, "\(run.status) \(run.errors)")
        }
    }

    @Test func theLargestNumbersThatOptionsTakeAreTaken() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                "source: { platform: sandbox, devices: 3, seed: 9223372036854775807 }\nextract: [devices]\nload: [csv: { file: a.csv }]\n",
                to: "p.axport.yaml"
            )
            let most = "9223372036854775807"
            for options in [
                ["--limit", most], ["--max-rejects", most], ["--max-time", "1000000d"], ["--shard", "\(most)/\(most)"],
                ["--max-rejects", "1e-400%"],
            ] {
                let run = try await command(["run", "p.axport.yaml"] + options)
                #expect(run.status == 0, "\(options) \(run.errors)")
            }
            #expect(try await command("preview", "p.axport.yaml", "--rows", "1000").status == 0)
            #expect(try await command("runs", "--limit", most).status == 0)
        }
    }
}

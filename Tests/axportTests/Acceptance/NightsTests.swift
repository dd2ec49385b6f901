import TestSupport
import Testing

/// What `Benchmarks/soak-nights.py` does for 300 nights.
@Suite struct NightsTests {
    @Test func afterEveryNightTheTablesEqualTheTruthOrTheRunSaysThatTheyDoNot() async throws {
        let soak = Repository.path("Benchmarks/soak-nights.py")
        let run = try await Program.running("/usr/bin/env", ["python3", soak, Command.program, "14", "1", "150"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("14 of 14 nights right"), "\(run.output)")
    }
}

import TestSupport
import Testing

/// What `Benchmarks/soak-diff.py` does for 30 nights.
@Suite struct DiffNightsTests {
    @Test func theDifferencesOfSomeNightsAreWhatTheSandboxDidInThem() async throws {
        let soak = Repository.path("Benchmarks/soak-diff.py")
        let run = try await Program.running("/usr/bin/env", ["python3", soak, Command.program, "4", "1", "60"])
        #expect(run.status == 0 && run.output.contains(" 0 differences; "), "\(run.output)\(run.errors)")
    }
}

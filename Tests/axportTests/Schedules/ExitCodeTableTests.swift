import Foundation
import Records
import Testing

@testable import axport

/// The unit and its page say after each exit code what the code declares.
@Suite struct ExitCodeGeneratedPagesTests {
    private let page = "deploy/README.md"
    private let begin = "<!-- Generated from the exit codes and axport@.service; regenerate it with `make docs`. -->\n"
    private let end = "<!-- End of the generated table. -->\n"

    @Test func theUnitDoesWhatTheExitCodesAskFor() throws {
        let unit = try SystemdUnit("axport@.service")
        #expect(unit.codes("RestartPreventExitStatus") == AfterExit.notAgain.map(\.rawValue))
        #expect(
            unit.codes("SuccessExitStatus")
                == Outcome.allCases.filter { $0 != .done && AfterExit($0) == .succeeded }.map(\.rawValue)
        )
        #expect(unit.values("Restart") == ["on-failure"] && unit.values("Type") == ["oneshot"])
        #expect(unit.values("OnFailure") == ["axport-failed@%i.service"])
    }

    /// `make docs` (RECORD=1) regenerates it.
    @Test func theTableInTheRepositoryIsThatOfTheUnit() throws {
        let text = try Repository.text(page)
        let start = try #require(text.range(of: begin), "\(page) has no table")
        let stop = try #require(text.range(of: end), "\(page) has no table")
        let made = try String(text[..<start.upperBound]) + table() + String(text[stop.lowerBound...])
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try made.write(toFile: Repository.path(page), atomically: true, encoding: .utf8)
        }
        #expect(try Repository.text(page) == made, "\(page) is stale; run: make docs")
    }

    private func table() throws -> String {
        let unit = try SystemdUnit("axport@.service")
        let burst = try #require(unit.values("StartLimitBurst").first)
        let interval = try #require(unit.values("StartLimitIntervalSec").first)
        let wait = try #require(unit.values("RestartSec").first)
        let (prevented, fine) = (unit.codes("RestartPreventExitStatus"), unit.codes("SuccessExitStatus"))
        let rows = Outcome.allCases.map { code in
            let deed =
                if code == .done || fine.contains(code.rawValue) {
                    "succeeded; runs again with the timer"
                } else if prevented.contains(code.rawValue) {
                    "failed; `axport-failed@` tells"
                } else {
                    "starts again after \(wait); failed after \(burst) starts within \(interval), and `axport-failed@` tells"
                }
            return "| \(code.rawValue) | \(code.meaning) | \(deed) |\n"
        }
        return "\n| code | meaning | what `axport@.service` does |\n| --- | --- | --- |\n\(rows.joined())\n"
    }
}

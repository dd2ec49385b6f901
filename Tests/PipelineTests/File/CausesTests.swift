import Stages
import Testing

@Suite struct CausesTests {
    private func problem(_ message: String, _ line: Int, _ column: Int = 1) -> Diagnostic {
        Diagnostic(message, at: SourceLocation(file: "t.yaml", line: line, column: column))
    }

    @Test func oneCauseIsOneLineWithItsFurtherPlaces() {
        let found = [problem("a", 1), problem("b", 2), problem("a", 3), problem("a", 3, 9)].byCause
        #expect(found.map(\.message) == ["a (also on line 3)", "b"])
        #expect(found.map(\.location.line) == [1, 2])
        #expect((1...8).map { problem("a", $0) }.byCause.map(\.message) == ["a (also on lines 2, 3, 4, 5 and 3 more)"])
        #expect([problem("a", 1), problem("a", 1, 5)].byCause.map(\.message) == ["a (2 times on this line)"])
    }

    @Test func otherFilesAndHintsAreOtherCauses() {
        var other = problem("a", 1)
        other.location.file = "u.yaml"
        var hinted = problem("a", 2)
        hinted.hint = "h"
        #expect([problem("a", 1), other, hinted].byCause.count == 3)
    }
}

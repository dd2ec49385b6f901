import Records
import Testing

@Suite struct FailureTests {
    @Test func exitCodesAreThoseOfTheContract() {
        #expect(Outcome.allCases.map(\.rawValue) == [0, 3, 64, 65, 69, 73, 75, 77, 78, 130])
    }

    @Test func everyCodeSaysWhatItMeans() {
        #expect(Set(Outcome.allCases.map(\.meaning)).count == Outcome.allCases.count)
    }

    @Test func adviceFollowsTheMessage() {
        #expect(Failure(.locked, "in use").description == "in use")
        #expect(Failure(.locked, "in use", advice: "wait").description == "in use; wait")
        #expect(Failure(.locked, "in use").told == "in use")
        #expect(Failure(.locked, "in use", advice: "wait\nfor it").told.split(separator: "\n").count == 2)
    }

    @Test func aWarningThatCountsAsAnErrorKeepsItsCode() {
        #expect(Warning.allCases.allSatisfy { $0.reason == nil || $0.reason?.rawValue == $0.rawValue })
        let withoutReason = Warning.allCases.filter { $0.reason == nil }
        #expect(withoutReason == [.regionNotParsed, .offsetConverted, .zoneAssumedUTC, .dateOnly])
    }

    @Test func everyReasonSaysWhatItMeans() {
        #expect(Set(Reason.allCases.map(\.meaning)).count == Reason.allCases.count)
    }
}

import Records
import Testing

@Suite struct FailureTests {
    @Test func exitCodesAreThoseOfTheContract() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 3, 64, 65, 69, 73, 75, 77, 78, 130])
    }

    @Test func everyCodeSaysWhatItMeans() {
        #expect(Set(ExitCode.allCases.map(\.meaning)).count == ExitCode.allCases.count)
    }

    @Test func adviceFollowsTheMessage() {
        #expect(Failure(.locked, "in use").description == "in use")
        #expect(Failure(.locked, "in use", advice: "wait").description == "in use; wait")
        #expect(Failure(.locked, "in use").told == "in use")
        #expect(Failure(.locked, "in use", advice: "wait\nfor it").told.split(separator: "\n").count == 2)
    }

    @Test func everyWarningIsAReasonToo() {
        let withoutReason = Warning.allCases.filter { Reason(rawValue: $0.rawValue) == nil }
        #expect(withoutReason == [.regionNotParsed, .offsetConverted, .zoneAssumedUTC, .dateOnly])
        #expect(Warning.imeisvReduced.reason == .imeisvReduced)
        #expect(Warning.dateOnly.reason == .format)
    }

    @Test func everyReasonSaysWhatItMeans() {
        #expect(Set(Reason.allCases.map(\.meaning)).count == Reason.allCases.count)
    }
}

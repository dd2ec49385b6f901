import Testing

@testable import AppleClient

@Suite struct LatencyWatchTests {
    private func alarms(_ watch: inout LatencyWatch, _ count: Int, bytes: Int = 500, _ seconds: (Int) -> Double) -> Int
    {
        var alarms = 0
        for index in 0..<count { if watch.isRising(seconds: seconds(index), bytes: bytes) { alarms += 1 } }
        return alarms
    }

    @Test func answersThatTakeEverLongerAreNoticedOnce() {
        var watch = LatencyWatch()
        #expect(alarms(&watch, 100) { _ in 0.1 } == 0)
        #expect(alarms(&watch, 30) { _ in 3 } == 1)
    }

    @Test func unsteadyAnswersAreNoAlarm() {
        var watch = LatencyWatch()
        #expect(alarms(&watch, 500) { $0 % 10 == 0 ? 0.9 : 0.05 } == 0)
    }

    @Test func pagesOfAListMayTakeTheirTime() {
        var watch = LatencyWatch()
        #expect(alarms(&watch, 100) { _ in 0.1 } == 0)
        #expect(alarms(&watch, 40, bytes: 1_500_000) { _ in 8 } == 0)
    }

    @Test func thePatienceFollowsTheLatencySeen() {
        var watch = LatencyWatch()
        #expect(alarms(&watch, 7) { _ in 0.1 } == 0)
        #expect(watch.patience == nil, "too little is known")
        _ = alarms(&watch, 30) { _ in 0.05 }
        #expect(watch.patience == 2)
        _ = alarms(&watch, 60) { $0 % 10 == 0 ? 3 : 1 }
        #expect((12...25).contains(watch.patience ?? 0), "\(watch.patience ?? 0)")
    }

    @Test func thePatienceWithPagesFollowsThePagesSeen() {
        var watch = LatencyWatch()
        _ = alarms(&watch, 30) { _ in 0.05 }
        #expect(watch.patienceWithPages == nil, "no page is known")
        _ = alarms(&watch, 1, bytes: 1_500_000) { _ in 0.02 }
        #expect(watch.patienceWithPages == 5)
        _ = alarms(&watch, 1, bytes: 1_500_000) { _ in 0.6 }
        #expect(watch.patienceWithPages == 12)
        #expect(watch.patience == 2, "it says nothing about small answers")
    }
}

import Testing

@testable import AppleClient

@Suite struct AnswerRateTests {
    /// Whether this many answers a second, over half a second, are fast.
    private func isFast(_ rate: Int, _ counted: inout AnswerRate, from start: ContinuousClock.Instant) -> Bool {
        for number in 1...rate / 2 { counted.count(at: start + .seconds(1) * number / rate) }
        return counted.isFast
    }

    @Test func aThousandASecondAreFast() {
        var rate = AnswerRate()
        let start = ContinuousClock.now
        #expect(!rate.isFast, "nothing is known")
        #expect(!isFast(800, &rate, from: start))
        #expect(isFast(1200, &rate, from: start + .seconds(1)))
        #expect(!isFast(100, &rate, from: start + .seconds(2)))
    }

    @Test func aNewLotIsAsFastAsTheOneBefore() {
        let settings = TransferSettings(timeouts: Timeouts(), caFile: nil, connections: 8, debug: nil)
        let outbox = Outbox(Sender(settings), OpenSockets())
        let first = Lot(Mailbox(), in: outbox)
        #expect(first.gathering == .zero)
        first.open = 100
        let start = ContinuousClock.now
        for number in 1...100 {
            first.add(Arrival(number: number, outcome: .unsent, seconds: 0), at: start + .microseconds(300) * number)
        }
        #expect(Lot(Mailbox(), in: outbox).gathering > .zero)
    }
}

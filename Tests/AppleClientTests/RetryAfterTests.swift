import Records
import Testing

@testable import AppleClient

@Suite struct RetryAfterTests {
    private let now = Timestamp(seconds: 784_111_777)

    @Test func readsSeconds() {
        #expect(RetryAfter.seconds("120", now: now) == 120)
        #expect(RetryAfter.seconds("0", now: now) == 0)
    }

    @Test func readsADate() {
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: Timestamp(seconds: 784_111_767)) == 10)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: Timestamp(seconds: 784_111_787)) == 0)
    }

    @Test(arguments: ["", "soon", "-5", "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"])
    func whatIsNeitherIsIgnored(text: String) {
        #expect(RetryAfter.seconds(text, now: now) == nil)
    }
}

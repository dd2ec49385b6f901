import Records
import Testing

@Suite struct CountedTests {
    @Test func oneIsNoPlural() {
        #expect([0, 1, 2].map { counted($0, "row") } == ["0 rows", "1 row", "2 rows"])
        #expect([1, 3].map { counted($0, "device waits", "devices wait") } == ["1 device waits", "3 devices wait"])
    }
}

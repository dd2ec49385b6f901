import Pipeline
import Records
import Testing

@Suite struct SerialListTests {
    @Test func aListIsReadHoweverItWasSaved() throws {
        for text in [
            "C02AA\nC02BB\n", "\u{FEFF}c02aa\r\n c02bb \r\nC02AA\r\n", "serial_number\nC02AA\nC02BB",
            "name,serial_number\n\"Doe, J\",C02AA\nx,\"C02BB\"\n", "Serial_Number;x\nC02AA;1\nC02BB;2\n",
            "a\tserial_number\n1\tC02AA\n\n2\tC02BB\n",
        ] {
            #expect(try SerialList(text, path: "l.csv").serials == ["C02AA", "C02BB"])
        }
        #expect(try SerialList("", path: "l.csv").serials.isEmpty)
    }

    @Test func whatIsNoListIsRefusedWithItsLine() {
        #expect(throws: Problem("l.csv:2: 'C0 2' is not a serial number", hint: Self.hint)) {
            try SerialList("C02AA\nC0 2\n", path: "l.csv")
        }
        #expect(throws: Problem.self) { try SerialList("name,serial\na,b\n", path: "l.csv") }
    }

    private static let hint = "serial numbers are letters and digits; remove this line"
}

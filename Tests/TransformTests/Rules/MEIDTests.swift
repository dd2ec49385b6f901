import Records
import Testing
import Transform

@Suite struct MEIDTests {
    @Test(arguments: Vector.load("identifiers", field: "meid"))
    func followsTheVector(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: MEID.self)) { "\"\($0)\"" }
    }

    @Test func canonicalIsAFixedPoint() {
        expectFixedPoints(of: MEID.self, style: (), alphabet: "0123456789ABCDEFabcdef0123456789 ")
    }

    @Test func everyChangeOfACheckedDigitIsRefused() {
        for changed in singleDigitChanges(of: "990000123456784") + singleDigitChanges(of: "2936087365007037100") {
            #expect(judge(changed, as: MEID.self).reason == .checksum, "\(changed)")
        }
    }

    @Test(arguments: [
        ("99000E12345678", "99000E12345678"), ("99-000e-12.345/678", "99000E12345678"),
        ("429496729516777214", "FFFFFFFFFFFFFE"), ("000000000100000002", "00000001000002"),
        ("00000000010000000274", nil), ("A10000\u{2011}09E12345", "A1000009E12345"),
    ])
    func convertsText(_ text: String, _ expected: String?) {
        #expect(judge(text, as: MEID.self).value?.description == expected)
    }

    @Test(arguments: [
        ("429496729600000001", Reason.range), ("000000000116777216", .range), ("429496729516777215", .placeholder),
        ("FFFFFFFFFFFFFF", .placeholder), ("000000000000000", .placeholder), ("111111111111119", .placeholder),
        ("000000000000000000", .placeholder), ("00000000", .placeholder), ("12345678901", .esnNotMEID),
        ("1234567890A", .length), ("80ab12cd", .esnNotMEID), ("A1000009E1234", .length),
        ("A1000009E123456789", .length),
        ("AF0123450ABCDEG", .format), ("9.9E+13", .format), ("none", .placeholder), ("", .missing),
        ("99000012345678A", .checksum),
    ])
    func judgesText(_ text: String, _ reason: Reason) {
        #expect(judge(text, as: MEID.self).reason == reason)
    }

    @Test func numbersAreRefused() throws {
        #expect(try judge(json: "99000012345678", as: MEID.self).reason == .type)
    }
}

import Records
import Testing
import Transform

@Suite struct EIDTests {
    @Test(arguments: Vector.load("identifiers", field: "eid"))
    func followsTheVector(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: EID.self)) { "\"\($0)\"" }
    }

    @Test func everySingleDigitChangeIsRefused() {
        for changed in singleDigitChanges(of: "89049037640158663184237812557346") {
            #expect(judge(changed, as: EID.self).reason == .checksum, "\(changed)")
        }
    }

    @Test func canonicalIsAFixedPoint() {
        expectFixedPoints(of: EID.self, style: (), alphabet: "0123456789")
    }

    /// Adds check digits as SGP.29 does: 98 minus the remainder of the first 30 digits and 00.
    @Test func checkDigitsOfSGP29AreAccepted() {
        var dice = Dice(seed: 5)
        for _ in 0..<1000 {
            let body = "89" + dice.digits(28)
            let remainder = (body + "00").reduce(0) { ($0 * 10 + ($1.wholeNumberValue ?? 0)) % 97 }
            let check = 98 - remainder
            let eid = body + (check < 10 ? "0\(check)" : "\(check)")
            #expect(judge(eid, as: EID.self).value?.description == eid)
        }
    }

    @Test(arguments: [
        ("890490376401586", Reason.length), ("8904903764015860000000000000000E", .format),
        ("8.9049037640158663184237812557346E31", .scientificNotation), ("89049037640158663184237812557346 ", .ok),
        ("8904-9037-6401-5866-3184-2378-1255-7346", .ok), ("EID 89049037640158663184237812557346", .format),
        ("99999999999999999999999999999999", .placeholder), ("12345678901234500000000000000000", .truncatedPrecision),
        ("٨٩٠٤٩٠٣٧٦٤٠١٥٨٦٦٣١٨٤٢٣٧٨١٢٥٥٧٣٤٦", .format), ("-", .placeholder), ("NULL", .placeholder),
    ])
    func judgesText(_ text: String, _ reason: Reason) {
        #expect(judge(text, as: EID.self).reason == reason)
    }
}

import Records
import Testing
import Transform

@Suite struct IMEITests {
    @Test(arguments: Vector.load("identifiers", field: "imei"))
    func followsTheVector(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: IMEI.self)) { "\"\($0)\"" }
    }

    @Test func thereAreVectors() {
        #expect(Vector.load("identifiers", field: "imei").count == 28)
    }

    @Test func everySingleDigitChangeIsRefused() {
        for changed in singleDigitChanges(of: "352099001761481") {
            #expect(judge(changed, as: IMEI.self).reason == .checksum, "\(changed)")
        }
    }

    @Test func canonicalIsAFixedPoint() {
        expectFixedPoints(of: IMEI.self, style: (), alphabet: "0123456789012345678901234567890123456789-./ E+")
    }

    @Test func missingCheckDigitIsComputed() {
        var dice = Dice(seed: 1)
        for _ in 0..<1000 {
            let body = dice.digits(14)
            guard let whole = judge(body, as: IMEI.self).value else { continue }
            #expect(whole.description.hasPrefix(body))
            #expect(judge(whole.description, as: IMEI.self).warnings.isEmpty)
            #expect(judge(body + "77", as: IMEI.self).value == whole)
        }
    }

    @Test(arguments: [
        ("\u{2060}35\u{2010}209900\u{2013}176148\u{2015}1\u{200B}", Reason.ok),
        ("35.209900.176148/1", .ok), ("-352099001761481", .ok), ("3 5 2 0 9 9 0 0 1 7 6 1 4 8 1", .ok),
        ("IMEI: 352099001761481", .format), ("352099001761481;", .format), ("352099001761481 352099001761481", .length),
        ("３５２０９９００１７６１４８１", .format), ("\u{2212}352099001761481", .format), ("35209900176148\u{0}1", .format),
        ("111111111111119", .placeholder), ("11111111111111", .placeholder), ("1111111111111199", .placeholder),
        ("01234567890123", .placeholder), ("012345678901237", .placeholder), ("0123456789012311", .placeholder),
        ("0000000000000", .length), ("00000000000000000", .length), ("0", .length), ("--", .length),
        ("-", .placeholder), ("n/a", .placeholder), (" Not Available ", .placeholder), ("nil", .placeholder),
        ("352099001761481E0", .scientificNotation), ("3.52099001761481e+14", .scientificNotation),
        ("3.52099E14", .scientificNotation), ("3.52E-14", .format), ("E+14", .format), ("3.E+14", .format),
        ("\u{00A0}\u{2007}\u{202F}\u{FEFF}\t", .missing),
    ])
    func judgesText(_ text: String, _ reason: Reason) {
        #expect(judge(text, as: IMEI.self).reason == reason)
    }

    @Test(arguments: [
        ("true", Reason.type), ("[]", .type), ("{}", .type), ("null", .missing),
        ("352099001761482", .lossyNumber), ("35209900176148", .lossyNumber), ("-352099001761481", .lossyNumber),
        ("3.52099001761481e14", .lossyNumber), ("352099001761481.0", .lossyNumber), ("0", .lossyNumber),
        ("111111111111119", .placeholder),
    ])
    func judgesJSON(_ json: String, _ reason: Reason) throws {
        #expect(try judge(json: json, as: IMEI.self).reason == reason)
    }
}

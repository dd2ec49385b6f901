import Records
import Testing
import Transform

/// A check digit finds every change of a single digit.
@Suite struct CheckDigitTests {
    private func expectRefused<Value: CanonicalValue>(
        _ text: String,
        among digits: String = "0123456789",
        as type: Value.Type,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(judge(text, as: type).value != nil, "\(text)", sourceLocation: sourceLocation)
        for changed in singleDigitChanges(of: text, among: digits) {
            #expect(judge(changed, as: type).value == nil, "\(text) as \(changed)", sourceLocation: sourceLocation)
        }
    }

    @Test func ofAnIMEI() {
        var dice = Dice(seed: 21)
        for _ in 0..<100 {
            let body = "35" + dice.digits(12)
            expectRefused(body + luhnDigit(of: body, base: 10), as: IMEI.self)
        }
    }

    /// Two letters, so that one stays: without any, the check digit is another one.
    @Test func ofAMEID() {
        var dice = Dice(seed: 22)
        for _ in 0..<100 {
            let middle = String(UInt64.random(in: 0..<1 << 48, using: &dice), radix: 16, uppercase: true)
            let body = "AF" + String(repeating: "0", count: 12 - middle.count) + middle
            expectRefused(body + luhnDigit(of: body, base: 16), among: "0123456789ABCDEF", as: MEID.self)
        }
    }

    @Test func ofAMEIDWithoutLetters() {
        var dice = Dice(seed: 23)
        for _ in 0..<100 {
            let body = "99" + dice.digits(12)
            expectRefused(body + luhnDigit(of: body, base: 10), as: MEID.self)
        }
    }

    @Test func ofAMEIDInDecimalForm() {
        var dice = Dice(seed: 24)
        for _ in 0..<100 {
            let manufacturer = "\(UInt64.random(in: 0xA000_0000...0xFFFF_FFFF, using: &dice))"
            let serial = "\(UInt64.random(in: 0...0xFF_FFFF, using: &dice))"
            let body = manufacturer + String(repeating: "0", count: 8 - serial.count) + serial
            expectRefused(body + luhnDigit(of: body, base: 10), as: MEID.self)
        }
    }

    @Test func ofAnEID() {
        var dice = Dice(seed: 25)
        for _ in 0..<50 {
            let body = "89" + dice.digits(28)
            let rest = (body + "00").reduce(0) { ($0 * 10 + ($1.wholeNumberValue ?? 0)) % 97 }
            expectRefused(body + String("0\(98 - rest)".suffix(2)), as: EID.self)
        }
    }
}

import Records
import Testing
import Transform

/// A small generator with a fixed seed, so that a failure comes again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func digits(_ count: Int) -> String {
        var text = ""
        for _ in 0..<count { text += "\(Int.random(in: 0...9, using: &self))" }
        return text
    }

    /// Up to 40 bytes, of an alphabet or any.
    mutating func bytes(from alphabet: [UInt8]? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &self) {
            bytes.append(alphabet?.randomElement(using: &self) ?? UInt8.random(in: 0...255, using: &self))
        }
        return bytes
    }
}

/// What comes out of a rule goes through it again without change, and no bytes crash it.
func expectFixedPoints<Value: CanonicalValue>(
    of type: Value.Type,
    style: Value.Style,
    alphabet: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var dice = Dice(seed: 7)
    for round in 0..<20_000 {
        let input = dice.bytes(from: round % 4 == 0 ? nil : Array(alphabet.utf8))
        let verdict = Value.parse(input.span)
        guard let value = verdict.value else { continue }
        var text: [UInt8] = []
        value.append(to: &text, style: style)
        let again = Value.parse(text.span)
        #expect(again.value == value, "\(String(decoding: input, as: UTF8.self))", sourceLocation: sourceLocation)
    }
}

/// Every text that differs from this one in a single digit.
func singleDigitChanges(of text: String, among digits: String = "0123456789") -> [String] {
    text.indices.flatMap { index in
        digits.compactMap { digit in
            digit == text[index] ? nil : text.replacingCharacters(at: index, with: digit)
        }
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with character: Character) -> String {
        self[..<index] + String(character) + self[self.index(after: index)...]
    }
}

/// The check digit after Luhn in any even base, computed apart from the rules.
func luhnDigit(of text: String, base: Int) -> String {
    var sum = 0
    for (place, character) in text.reversed().enumerated() {
        let digit = (character.hexDigitValue ?? 0) * (place % 2 == 0 ? 2 : 1)
        sum += digit / base + digit % base
    }
    return String((base - sum % base) % base, radix: base, uppercase: true)
}

import Records

/// A storage capacity in bytes (Rules/README.md section 6). Decimal units are powers of 1000, as on Apple's boxes.
package struct StorageBytes: CanonicalValue, CustomStringConvertible {
    package let count: Int64

    package static func parse(_ input: Span<UInt8>) -> Verdict<StorageBytes> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        var scanner = Scanner()
        guard let amount = scanner.amount(in: text), let unit = scanner.unit(in: text) else {
            return .refused(text.isPlaceholder ? .placeholder : .format)
        }
        // At most 10^19 units of 2^50 bytes, which fit in 128 bits.
        var bytes = amount.whole * unit.bytes
        if amount.fraction > 0 {
            let (more, rest) = (amount.fraction * unit.bytes).quotientAndRemainder(dividingBy: amount.fractionUnit)
            guard rest == 0 else { return .refused(.fractionalBytes) }
            bytes += more
        }
        guard bytes > 0 else { return .refused(.placeholder) }
        guard let count = Int64(exactly: bytes) else { return .refused(.overflow) }
        return .canonical(StorageBytes(count: count), unit.isBinary ? [.binaryUnit] : [])
    }

    package func append(to output: inout [UInt8], style: Void) {
        output.append(contentsOf: String(count).utf8)
    }

    private struct Amount {
        var whole: UInt128
        var fraction: UInt128 = 0
        /// 10 to the power of the fraction's number of digits.
        var fractionUnit: UInt128 = 1
    }

    private struct Scanner {
        private var position = 0

        private mutating func digits(_ count: ClosedRange<Int>, in text: Span<UInt8>) -> UInt64? {
            let start = position
            var number: UInt64 = 0
            while position < text.count, let digit = text[position].decimalDigit {
                if position - start == count.upperBound { return nil }
                number = number * 10 + UInt64(truncatingIfNeeded: digit)
                position += 1
            }
            return position - start >= count.lowerBound ? number : nil
        }

        mutating func amount(in text: Span<UInt8>) -> Amount? {
            guard let whole = digits(1...19, in: text) else { return nil }
            var amount = Amount(whole: UInt128(whole))
            guard position < text.count, text[position] == UInt8(ascii: ".") else { return amount }
            position += 1
            let start = position
            guard let fraction = digits(1...6, in: text) else { return nil }
            amount.fraction = UInt128(fraction)
            for _ in start..<position { amount.fractionUnit *= 10 }
            return amount
        }

        /// Reads the rest: an optional space, no-break space or narrow no-break space, and the unit.
        mutating func unit(in text: Span<UInt8>) -> (bytes: UInt128, isBinary: Bool)? {
            skipSpace(in: text)
            let letters = text.count - position
            guard (1...3).contains(letters), text[text.count - 1].uppercased == UInt8(ascii: "B") else { return nil }
            if letters == 1 { return (1, false) }
            let isBinary = letters == 3
            if isBinary, text[position + 1].uppercased != UInt8(ascii: "I") { return nil }
            let power: Int
            switch text[position].uppercased {
            case UInt8(ascii: "K"): power = 1
            case UInt8(ascii: "M"): power = 2
            case UInt8(ascii: "G"): power = 3
            case UInt8(ascii: "T"): power = 4
            case UInt8(ascii: "P"): power = 5
            default: return nil
            }
            var bytes: UInt128 = 1
            for _ in 0..<power { bytes *= isBinary ? 1024 : 1000 }
            return (bytes, isBinary)
        }

        private mutating func skipSpace(in text: Span<UInt8>) {
            guard position < text.count else { return }
            switch text[position] {
            case UInt8(ascii: " "): position += 1
            case 0xC2 where position + 1 < text.count && text[position + 1] == 0xA0: position += 2
            case 0xE2 where position + 2 < text.count && text[position + 1] == 0x80 && text[position + 2] == 0xAF:
                position += 3
            default: break
            }
        }
    }
}

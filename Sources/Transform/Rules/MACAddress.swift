import Records

/// The hardware address of a network interface (Rules/README.md section 5).
package struct MACAddress: CanonicalValue, Comparable {
    private let bits: UInt64

    package static func < (left: MACAddress, right: MACAddress) -> Bool { left.bits < right.bits }

    private static let broadcast: UInt64 = 0xFFFF_FFFF_FFFF
    /// The address that iOS and Android report to apps.
    private static let privacyConstant: UInt64 = 0x0200_0000_0000

    package static func parse(_ input: Span<UInt8>) -> Verdict<MACAddress> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        guard let groups = Groups(text), let octets = groups.octets else {
            return .refused(text.isPlaceholder ? .placeholder : .format)
        }
        return octets == 6 ? judge(groups.bits) : .refused(.eui64)
    }

    private static func judge(_ bits: UInt64) -> Verdict<MACAddress> {
        if bits == 0 || bits == broadcast || bits == privacyConstant { return .refused(.placeholder) }
        let firstOctet = bits >> 40
        if firstOctet & 1 != 0 { return .refused(.multicast) }
        return .canonical(MACAddress(bits: bits), firstOctet & 2 != 0 ? [.locallyAdministered] : [])
    }

    package func append(to output: inout [UInt8], style: MACStyle) {
        var mask = style.mask
        mask.withUTF8 { mask in
            output.append(count: mask.count) { text in
                var shift: UInt64 = 44
                for (place, sign) in mask.enumerated() {
                    switch sign {
                    case UInt8(ascii: "x"): text[place] = (bits &>> shift).lastDigit(isUppercase: false)
                    case UInt8(ascii: "X"): text[place] = (bits &>> shift).lastDigit(isUppercase: true)
                    default:
                        text[place] = sign
                        continue
                    }
                    shift &-= 4
                }
            }
        }
    }

    package func text(_ style: MACStyle) -> String {
        var text: [UInt8] = []
        append(to: &text, style: style)
        return String(decoding: text, as: UTF8.self)
    }

    /// Groups of hexadecimal digits with one kind of separator. Only blanks around them are ignored.
    private struct Groups {
        private(set) var bits: UInt64 = 0
        private var separator: UInt8?
        private var count = 0
        private var shortest = Int.max
        private var longest = 0

        init?(_ text: Span<UInt8>) {
            var group: UInt64 = 0
            var length = 0
            for index in 0..<text.count {
                if let digit = text[index].hexDigit {
                    group = group &<< 4 | UInt64(truncatingIfNeeded: digit)
                    length += 1
                } else if separator == nil || text[index] == separator {
                    separator = text[index]
                    end(group, length)
                    (group, length) = (0, 0)
                } else {
                    return nil
                }
            }
            end(group, length)
        }

        private mutating func end(_ group: UInt64, _ length: Int) {
            // A single digit is an octet without its leading zero.
            bits = bits << (4 * max(length, 2)) | group
            count += 1
            shortest = min(shortest, length)
            longest = max(longest, length)
        }

        /// 6 or 8 octets in an accepted form; nil in any other form.
        var octets: Int? {
            switch (separator, count, shortest, longest) {
            case (UInt8(ascii: ":"), 6, 1..., ...2), (UInt8(ascii: ":"), 8, 1..., ...2): count
            case (UInt8(ascii: "-"), 6, 2, 2), (UInt8(ascii: " "), 6, 2, 2), (UInt8(ascii: "."), 6, 2, 2): 6
            case (UInt8(ascii: "-"), 8, 2, 2), (UInt8(ascii: " "), 8, 2, 2), (UInt8(ascii: "."), 8, 2, 2): 8
            case (UInt8(ascii: "."), 3, 4, 4), (UInt8(ascii: "-"), 3, 4, 4): 6
            case (UInt8(ascii: "."), 4, 4, 4), (UInt8(ascii: "-"), 4, 4, 4): 8
            case (UInt8(ascii: "-"), 2, 6, 6), (UInt8(ascii: ":"), 2, 6, 6): 6
            case (UInt8(ascii: "-"), 2, 8, 8), (UInt8(ascii: ":"), 2, 8, 8): 8
            case (nil, 1, 12, 12): 6
            case (nil, 1, 16, 16): 8
            default: nil
            }
        }
    }
}

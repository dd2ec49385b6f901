import Records

/// Apple's part number and its parts (Rules/README.md section 9).
package struct PartNumber: Hashable, Sendable {
    package enum SaleType: String, Sendable {
        case retail, refurbished, replacement, personalized
    }

    /// In uppercase if its parts were found, otherwise as Apple sent it.
    package let text: String
    /// The letters before the slash, such as `LL`.
    package let region: String?
    package let saleType: SaleType?

    /// Five letters or digits, one to three letters for the region, a slash and a letter. Others are kept unchanged,
    /// such as `Z0RT` for a configuration to order.
    package static func parse(_ input: Span<UInt8>) -> Verdict<PartNumber> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        if text.isPlaceholder { return .refused(.placeholder) }
        var capitals: [UInt8] = []
        capitals.reserveCapacity(text.count)
        for index in 0..<text.count { capitals.append(text[index].uppercased) }
        guard let region = region(of: capitals) else {
            let raw = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            return .canonical(PartNumber(text: raw, region: nil, saleType: nil), [.regionNotParsed])
        }
        return .canonical(
            PartNumber(
                text: String(decoding: capitals, as: UTF8.self),
                region: String(decoding: capitals[region], as: UTF8.self),
                saleType: SaleType(firstLetter: capitals[0])
            )
        )
    }

    /// Reads any JSON value.
    package static func parse(_ value: JSONMember) -> Verdict<PartNumber> {
        switch value.kind {
        case .null: .missing
        case .string: parse(value.text.span)
        case .number, .boolean, .array, .object: .refused(.type)
        }
    }

    private static func region(of capitals: [UInt8]) -> Range<Int>? {
        let slash = capitals.count - 2
        guard
            (6...8).contains(slash), capitals[slash] == UInt8(ascii: "/"), isLetter(capitals[slash + 1]),
            capitals[..<5].allSatisfy({ isLetter($0) || $0.decimalDigit != nil }),
            capitals[5..<slash].allSatisfy(isLetter)
        else { return nil }
        return 5..<slash
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}

extension PartNumber {
    var json: [UInt8] {
        func text(_ text: String?) -> [UInt8] { text.map { JSONText.string(Array($0.utf8)) } ?? Array("null".utf8) }
        return Array(#"{"part_number":"#.utf8) + text(self.text) + Array(#","region":"#.utf8) + text(region)
            + Array(#","sale_type":"#.utf8) + text(saleType?.rawValue) + Array("}".utf8)
    }
}

extension PartNumber.SaleType {
    fileprivate init?(firstLetter: UInt8) {
        switch firstLetter {
        case UInt8(ascii: "M"): self = .retail
        case UInt8(ascii: "F"): self = .refurbished
        case UInt8(ascii: "N"): self = .replacement
        case UInt8(ascii: "P"): self = .personalized
        default: return nil
        }
    }
}

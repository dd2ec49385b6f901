extension String {
    /// The text with a mark in place of serial numbers, IMEIs, EIDs, and hardware addresses, which a database may
    /// have quoted. Serial numbers are words of 8 to 14 capital letters and digits. Those without a digit have no
    /// vowel.
    var withoutDeviceIdentifiers: String {
        replacing(/[0-9A-Za-z_]+(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Za-z_]+/) { match in
            let word = match.output
            return word.isHardwareAddress || word.isLongNumber || word.isSerialNumber ? "‹device›" : String(word)
        }
    }
}

extension Substring {
    fileprivate var isHardwareAddress: Bool { utf8.count == 17 && contains { $0 == ":" || $0 == "-" } }

    fileprivate var isLongNumber: Bool { utf8.count >= 14 && utf8.allSatisfy(\.isDigit) }

    fileprivate var isSerialNumber: Bool {
        guard (8...14).contains(utf8.count), utf8.allSatisfy({ $0.isDigit || $0.isCapital }),
            utf8.contains(where: \.isCapital)
        else { return false }
        return utf8.contains(where: \.isDigit) || !contains { "AEIOU".contains($0) }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    fileprivate var isCapital: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }
}

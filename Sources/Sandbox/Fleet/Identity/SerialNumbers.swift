/// Converts a device's index to its serial number and back, without a table: a keyed permutation of 50 bits, written in
/// base 34. One serial number in 64 has only digits and one E, as real ones sometimes do.
struct SerialNumbers: Sendable {
    private let seed: UInt64
    private let keys: [UInt64]

    init(seed: UInt64) {
        self.seed = seed
        keys = (0..<4).map { Draw.hash(seed, .serial, $0) }
    }

    func serial(at index: Int) -> String {
        let style = Draw.hash(seed, .serialStyle, index)
        if style % 64 == 0, index < Self.floats {
            return floatLike(index, style: style)
        }
        var text = ""
        switch style % 16 {
        case 1, 2: text = Self.plants[Int(style >> 8) % Self.plants.count]
        case 3: text = "H"
        default: break
        }
        return text + Self.letters(permute(UInt64(bitPattern: Int64(index))))
    }

    /// The index of this serial number; it may be outside the fleet.
    func index(of serial: String) -> Int? {
        let bytes = Array(serial.utf8)
        guard (10...12).contains(bytes.count) else { return nil }
        let candidates = [floatIndex(bytes), Self.number(bytes.suffix(10)).map { Int(unpermute($0)) }]
        return candidates.lazy.compactMap(\.self).first { self.serial(at: $0) == serial }
    }

    // MARK: The permutation

    private static let halfMask: UInt64 = 1 << 25 - 1

    private func permute(_ value: UInt64) -> UInt64 {
        var (left, right) = (value >> 25 & Self.halfMask, value & Self.halfMask)
        for key in keys {
            (left, right) = (right, left ^ (Draw.mix(right &+ key) & Self.halfMask))
        }
        return left << 25 | right
    }

    private func unpermute(_ value: UInt64) -> UInt64 {
        var (left, right) = (value >> 25 & Self.halfMask, value & Self.halfMask)
        for key in keys.reversed() {
            (left, right) = (right ^ (Draw.mix(left &+ key) & Self.halfMask), left)
        }
        return left << 25 | right
    }

    // MARK: Letters

    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    private static let plants = ["C0", "DM", "F9", "FV", "GG", "J0"]

    private static func letters(_ value: UInt64) -> String {
        var rest = value
        var bytes = [UInt8](repeating: 0, count: 10)
        for position in bytes.indices.reversed() {
            bytes[position] = alphabet[Int(rest % 34)]
            rest /= 34
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            value = value * 34 + UInt64(digit)
        }
        return value < 1 << 50 ? value : nil
    }

    // MARK: Serial numbers that look like floating-point numbers

    private static let floats = 10_000_000
    private static let step = 3_141_593
    private static let backStep = 9_444_457

    private func floatLike(_ index: Int, style: UInt64) -> String {
        let digits = String((index * Self.step + Int(keys[0] % 10_000_000)) % Self.floats)
        let padded = String(repeating: "0", count: 7 - digits.count) + digits
        return "\(10 + Int(style >> 8) % 90)E\(padded)"
    }

    private func floatIndex(_ bytes: [UInt8]) -> Int? {
        guard bytes.count == 10, bytes[2] == UInt8(ascii: "E"),
            let digits = Int(String(decoding: bytes.suffix(7), as: UTF8.self))
        else { return nil }
        let shifted = (digits - Int(keys[0] % 10_000_000) + Self.floats) % Self.floats
        return shifted * Self.backStep % Self.floats
    }
}

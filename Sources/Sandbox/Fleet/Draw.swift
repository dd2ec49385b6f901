/// Repeatable random numbers. Each question about a device has a separate stream, so an answer does not depend on
/// earlier questions (SplitMix64).
struct Draw {
    enum Topic: UInt64 {
        case serial, serialStyle, birth, event, eventTime, forced, server, destination, model, purchase, edit
        case radio, address, date, awkward, misshape, unknown, coverage, lock, mdm, organization, credential
        case fault, error, withheld, denied, activity, migration
    }

    private var state: UInt64

    init(_ seed: UInt64, _ topic: Topic, _ index: Int, _ turn: Int = 0) {
        state = Self.hash(seed, topic, index, turn)
    }

    static func hash(_ seed: UInt64, _ topic: Topic, _ index: Int, _ turn: Int = 0) -> UInt64 {
        let place = mix(seed &+ topic.rawValue &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(bitPattern: Int64(index))
        return mix(mix(place) &+ UInt64(bitPattern: Int64(turn)) &* 0xD1B5_4A32_D192_ED03)
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 to `bound` - 1.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func chance(_ probability: Double) -> Bool {
        Self.fraction(next()) < probability
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[below(choices.count)]
    }

    /// From 0 up to 1, without 1.
    static func fraction(_ hash: UInt64) -> Double {
        Double(hash >> 11) * 0x1p-53
    }

    mutating func digits(_ count: Int) -> String {
        characters(count, of: Self.decimal)
    }

    mutating func characters(_ count: Int, of alphabet: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: count) { buffer in
            for place in 0..<count {
                buffer[place] = alphabet[below(alphabet.count)]
            }
            return count
        }
    }

    static let decimal = Array("0123456789".utf8)
    static let hexadecimal = Array("0123456789ABCDEF".utf8)
}

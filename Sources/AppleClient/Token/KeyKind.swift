#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The kind of key that a whole block of PKCS#8 (RFC 5208) or SEC 1 (RFC 5915) names.
struct KeyKind {
    private let algorithm: [UInt8]
    private let curve: [UInt8]?

    /// The identifiers of RFC 3279, RFC 5480 and RFC 8410, as ASN.1 encodes them.
    private static let elliptic: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    private static let p256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    private static let names: [[UInt8]: String] = [
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]: "an RSA",
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]: "an RSA",
        [0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01]: "a DSA",
        [0x2B, 0x65, 0x6E]: "an X25519", [0x2B, 0x65, 0x6F]: "an X448",
        [0x2B, 0x65, 0x70]: "an Ed25519", [0x2B, 0x65, 0x71]: "an Ed448",
    ]

    /// The tags of ASN.1.
    private enum Tag {
        static let integer: UInt8 = 0x02
        static let octets: UInt8 = 0x04
        static let identifier: UInt8 = 0x06
        static let sequence: UInt8 = 0x30
        static let parameters: UInt8 = 0xA0
    }

    /// Nil if the block is damaged.
    init?(_ block: PEMBlock) {
        guard let data = Data(base64Encoded: block.body) else { return nil }
        var whole = Array(data)[...]
        guard var key = Self.take(Tag.sequence, from: &whole), whole.isEmpty,
            Self.take(Tag.integer, from: &key) != nil
        else { return nil }
        if block.label == "EC PRIVATE KEY" {
            guard Self.take(Tag.octets, from: &key) != nil, var parameters = Self.take(Tag.parameters, from: &key)
            else { return nil }
            algorithm = Self.elliptic
            curve = Self.take(Tag.identifier, from: &parameters).map { Array($0) }
        } else {
            guard var kind = Self.take(Tag.sequence, from: &key), let name = Self.take(Tag.identifier, from: &kind)
            else { return nil }
            algorithm = Array(name)
            curve = Self.take(Tag.identifier, from: &kind).map { Array($0) }
        }
    }

    /// Why it is not an EC key on P-256, for messages; nil if it may be one.
    var refusal: String? {
        if algorithm != Self.elliptic { return Self.refusal(of: Self.names[algorithm] ?? "another kind of") }
        return curve == nil || curve == Self.p256 ? nil : Self.otherCurve
    }

    static let otherCurve = "is not on the curve P-256 (P-384 or another)"

    /// - Parameter kind: with its article.
    static func refusal(of kind: String) -> String { "is \(kind) key, not an EC key on P-256" }

    /// Takes the value of the first element, if it has this tag.
    private static func take(_ tag: UInt8, from content: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard content.popFirst() == tag, let first = content.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = length - 0x80
            guard (1...3).contains(count), content.count >= count else { return nil }
            length = content.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            content.removeFirst(count)
        }
        guard content.count >= length else { return nil }
        defer { content.removeFirst(length) }
        return content.prefix(length)
    }
}

import Crypto
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The API account's key: EC P-256, as SEC1 (`EC PRIVATE KEY`, Apple's form) or PKCS#8 (`PRIVATE KEY`).
package struct PrivateKey: Sendable {
    let key: P256.Signing.PrivateKey

    /// Reads a PEM text. What is not such a key is refused with its cause and the command that helps.
    package init(pem text: String) throws(Failure) {
        let blocks = try Self.blocks(of: text)
        if let refusal = blocks.lazy.compactMap({ Self.refusal(ofLabel: $0.label, text: $0.text) }).first {
            throw refusal
        }
        guard let block = blocks.first(where: { $0.label == "EC PRIVATE KEY" || $0.label == "PRIVATE KEY" }) else {
            throw Self.refused("holds no PEM private key", "download the key again, or copy the whole file")
        }
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: block.wrapped)
        } catch {
            throw Self.refusal(of: error, block)
        }
    }

    private struct Block {
        let label: String
        /// Whole lines, the first and the last among them.
        let lines: [Substring]

        var text: String { lines.joined(separator: "\n") }
        var body: String { lines.dropFirst().dropLast().joined() }

        /// In lines of 64 characters, which the parser insists on; tools that keep keys in one line do not.
        var wrapped: String {
            var rest = body.filter { !$0.isWhitespace }[...]
            var wrapped = [String(lines.first ?? "")]
            while !rest.isEmpty {
                wrapped.append(String(rest.prefix(64)))
                rest = rest.dropFirst(64)
            }
            return (wrapped + [String(lines.last ?? "")]).joined(separator: "\n")
        }
    }

    /// The PEM blocks; anything but blank lines between them is an error.
    private static func blocks(of text: String) throws(Failure) -> [Block] {
        var blocks: [Block] = []
        var lines: [Substring] = []
        var label: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = line.drop { $0 == "\u{FEFF}" || $0.isWhitespace }
            let end = bare.lastIndex { !$0.isWhitespace }.map { bare.index(after: $0) } ?? bare.startIndex
            let trimmed = bare[..<end]
            if let current = label {
                lines.append(trimmed)
                guard trimmed == "-----END \(current)-----" else { continue }
                blocks.append(Block(label: current, lines: lines))
                label = nil
            } else if trimmed.hasPrefix("-----BEGIN "), trimmed.hasSuffix("-----") {
                label = String(trimmed.dropFirst(11).dropLast(5))
                lines = [trimmed]
            } else if !trimmed.isEmpty, text.contains("-----BEGIN ") {
                throw refused("has text around the key", "keep the key only: openssl pkey -in KEY.pem -out clean.pem")
            }
        }
        if label != nil { throw refused("is cut off: its END line is missing", "copy the whole file") }
        return blocks
    }

    private static func refusal(ofLabel label: String, text: String) -> Failure? {
        switch label {
        case "ENCRYPTED PRIVATE KEY":
            refused("is encrypted", "decrypt it: openssl pkey -in KEY.pem -out clear.pem && chmod 600 clear.pem")
        case "EC PRIVATE KEY" where text.contains("ENCRYPTED"):
            refused("is encrypted", "decrypt it: openssl ec -in KEY.pem -out clear.pem && chmod 600 clear.pem")
        case "PUBLIC KEY", "CERTIFICATE", "RSA PUBLIC KEY":
            refused(
                "is a \(label.lowercased()), not the private key",
                "use the file Apple let you download once; openssl pkey -in KEY.pem -noout -text shows what a file holds"
            )
        case "RSA PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY":
            refused(
                "is \(label.hasPrefix("RSA") ? "an RSA" : "another kind of") key, not an EC key on P-256",
                "use the key of the API account; openssl pkey -in KEY.pem -noout -text shows what a file holds"
            )
        default: nil
        }
    }

    private static func refusal(of error: any Error, _ block: Block) -> Failure {
        let advice = "use the key of the API account; openssl pkey -in KEY.pem -noout -text shows what a file holds"
        if isRSA(block) { return refused("is an RSA key, not an EC key on P-256", advice) }
        switch error {
        case CryptoKitError.incorrectParameterSize, CryptoKitError.incorrectKeySize:
            return refused("is not on the curve P-256 (P-384 or another)", advice)
        default:
            return refused("is damaged", "copy it again; openssl pkey -in KEY.pem -check tells whether a file is whole")
        }
    }

    /// Whether a PKCS#8 block names the algorithm rsaEncryption (RFC 8017, 1.2.840.113549.1.1.1).
    private static func isRSA(_ block: Block) -> Bool {
        let identifier: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
        return Data(base64Encoded: block.body)?.firstRange(of: identifier) != nil
    }

    private static func refused(_ cause: String, _ advice: String) -> Failure {
        Failure(.credentialsRefused, "the private key \(cause)", advice: advice)
    }
}

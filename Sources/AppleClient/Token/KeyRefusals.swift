import Crypto
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a text is not accepted as a private key, and the command that helps.
struct KeyRefusals {
    /// The file that contains the text, if any.
    let file: String?

    private var path: String { file?.asShellWord ?? "KEY.pem" }
    private var look: String { "openssl pkey -in \(path) -noout -text shows the content" }

    /// Apple keeps no private keys.
    private static let lost = """
        Apple lets you download a private key only once; replace a lost key with a new one
        """

    var textAround: Failure {
        refused(
            "has text around it",
            "keep only the key: openssl pkey -in \(path) -out clean.pem && chmod 600 clean.pem"
        )
    }

    var cutOff: Failure { refused("is cut off: its END line is missing", "copy the whole file. \(Self.lost)") }

    func ofTextWithoutKey(_ text: String) -> Failure {
        let line = text.drop(while: \.isWhitespace)
        if line.isEmpty { return refused("is empty", "copy the file that Apple let you download. \(Self.lost)") }
        // The path itself would be hidden as a key is.
        if Self.isPath(line) { return refused("is a path, not a key", "write ${file:PATH} with this path") }
        return refused("contains no PEM private key", "copy the whole file, from BEGIN to END. \(Self.lost)")
    }

    func ofLabel(_ block: PEMBlock) -> Failure? {
        switch block.label {
        case "ENCRYPTED PRIVATE KEY":
            refused("is encrypted", "decrypt it: openssl pkey -in \(path) -out clear.pem && chmod 600 clear.pem")
        case "EC PRIVATE KEY" where block.isEncrypted:
            refused("is encrypted", "decrypt it: openssl ec -in \(path) -out clear.pem && chmod 600 clear.pem")
        case "PUBLIC KEY", "CERTIFICATE", "RSA PUBLIC KEY":
            refused(
                "is a \(block.label.lowercased()), not the private key",
                "use the private key of the API account; \(look). \(Self.lost)"
            )
        case "RSA PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY":
            refused(
                "is \(block.label.hasPrefix("RSA") ? "an RSA" : "another kind of") key, not an EC key on P-256",
                "use the key of the API account; \(look)"
            )
        default: nil
        }
    }

    func of(_ error: any Error, _ block: PEMBlock) -> Failure {
        let advice = "use the key of the API account; \(look)"
        if Self.isRSA(block) { return refused("is an RSA key, not an EC key on P-256", advice) }
        switch error {
        case CryptoKitError.incorrectParameterSize, CryptoKitError.incorrectKeySize:
            return refused("is not on the curve P-256 (P-384 or another)", advice)
        default:
            return refused(
                "is damaged",
                "copy it again; openssl pkey -in \(path) -check verifies the file. \(Self.lost)"
            )
        }
    }

    /// Whether a PKCS#8 block names the algorithm rsaEncryption (RFC 8017, 1.2.840.113549.1.1.1).
    private static func isRSA(_ block: PEMBlock) -> Bool {
        let identifier: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
        return Data(base64Encoded: block.body)?.firstRange(of: identifier) != nil
    }

    /// A key in Base64 begins with `MI` or `MH`, never with these texts.
    private static func isPath(_ text: Substring) -> Bool {
        let line = text.split(whereSeparator: \.isNewline).first ?? text
        guard line.utf8.count < 256 else { return false }
        return ["/", "~/", "./", "../"].contains(where: line.hasPrefix)
            || [".pem", ".key", ".p8", ".txt"].contains(where: line.lowercased().hasSuffix)
    }

    private func refused(_ cause: String, _ advice: String) -> Failure {
        Failure(.credentialsRefused, "the private key \(file.map { "in \($0) " } ?? "")\(cause)", advice: advice)
    }
}

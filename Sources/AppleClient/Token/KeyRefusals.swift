import Crypto
import Records

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
        case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
            refused(
                "is a \(block.label == "CERTIFICATE" ? "certificate" : "public key"), not the private key",
                "use the private key of the API account. \(Self.lost)"
            )
        case "RSA PRIVATE KEY": ofKind(KeyKind.refusal(of: "an RSA"))
        case "DSA PRIVATE KEY": ofKind(KeyKind.refusal(of: "a DSA"))
        // Only ssh-keygen reads it.
        case "OPENSSH PRIVATE KEY":
            refused(KeyKind.refusal(of: "an SSH"), "use the private key of the API account. \(Self.lost)")
        default: nil
        }
    }

    /// The library takes a key on another curve for one on P-256 if its number is in range.
    func ofKind(of block: PEMBlock) -> Failure? { KeyKind(block)?.refusal.map(ofKind) }

    func of(_ error: any Error) -> Failure {
        switch error {
        case CryptoKitError.incorrectParameterSize, CryptoKitError.incorrectKeySize:
            return ofKind(KeyKind.otherCurve)
        default:
            return refused(
                "is damaged",
                "copy it again; openssl pkey -in \(path) -check verifies the file. \(Self.lost)"
            )
        }
    }

    private func ofKind(_ cause: String) -> Failure { refused(cause, "use the key of the API account; \(look)") }

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

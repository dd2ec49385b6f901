import Crypto
import Records
import Stages

/// The API account's key: EC P-256, as SEC1 (`EC PRIVATE KEY`, Apple's form) or PKCS#8 (`PRIVATE KEY`).
package struct PrivateKey: Sendable {
    let key: P256.Signing.PrivateKey

    package init(_ setting: KeySetting) throws(Failure) {
        self = try PrivateKey(pem: setting.text.reveal, file: setting.file)
    }

    /// Reads a PEM text. Refuses anything else, with the cause and the command that helps.
    ///
    /// - Parameter file: the file that contains the text, for messages.
    package init(pem text: String, file: String? = nil) throws(Failure) {
        let refusals = KeyRefusals(file: file)
        let blocks = try PEMBlock.all(in: text, refusals)
        if let refusal = blocks.lazy.compactMap(refusals.ofLabel).first { throw refusal }
        guard let block = blocks.first(where: { $0.label == "EC PRIVATE KEY" || $0.label == "PRIVATE KEY" }) else {
            throw refusals.ofTextWithoutKey(text)
        }
        if let refusal = refusals.ofKind(of: block) { throw refusal }
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: block.wrapped)
        } catch {
            throw refusals.of(error)
        }
    }
}

import Records

/// A private key in a pipeline file.
package struct KeySetting: SettingValue {
    package static var typeName: String { Secret.typeName }

    package let text: Secret
    /// The file with the key; nil if it is not in one.
    package let file: String?
    /// The place of the setting; nil if no pipeline file has the key.
    package let location: SourceLocation?

    /// Whether nothing here has the key.
    package let isUnknown: Bool

    package init(_ text: Secret) {
        self.text = text
        isUnknown = false
        file = nil
        location = nil
    }

    /// Refuses a key that others may read, in its own file or in the pipeline file.
    package init(from node: ConfigNode) throws(Diagnostic) {
        text = try Secret(from: node)
        isUnknown = node.isUnknown
        location = node.location
        guard case .scalar(let scalar) = node.content else {
            file = nil
            return
        }
        file = scalar.references.compactMap(\.filePath).first
        if scalar.isWritten, text.reveal.contains("-----BEGIN "),
            let refusal = scalar.file?.refusalOfSecret(at: node.location)
        {
            throw refusal
        }
    }
}

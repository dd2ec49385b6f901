import Records

/// A private key as a pipeline file gives it.
package struct KeySetting: SettingValue {
    package static var typeName: String { Secret.typeName }

    package let text: Secret
    /// The file that it was read from, if it was.
    package let file: String?
    /// The setting; nil for a key that no file names.
    package let location: SourceLocation?

    package init(_ text: Secret) {
        self.text = text
        file = nil
        location = nil
    }

    /// Refuses a key that others may read, in a file that holds only the key and in the pipeline file itself.
    package init(from node: ConfigNode) throws(Diagnostic) {
        text = try Secret(from: node)
        location = node.location
        guard case .scalar(let scalar) = node.content else {
            file = nil
            return
        }
        file = scalar.references.compactMap(\.filePath).first
        if scalar.isWritten, !text.reveal.isEmpty, let refusal = scalar.file?.refusalOfSecret(at: node.location) {
            throw refusal
        }
    }
}

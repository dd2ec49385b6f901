import Records

/// A text that no message, log or report can show.
package struct Secret: SettingValue, CustomStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    package static var typeName: String { "secret" }
    package var description: String { "‹secret›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
    package var reveal: String { value }

    /// Refuses a file that others may read.
    package init(from node: ConfigNode) throws(Diagnostic) {
        try self.init(from: node) { [$0] }
    }

    /// - Parameter secrets: the parts of the value that no message may show.
    package init(from node: ConfigNode, hiding secrets: (String) -> [String]) throws(Diagnostic) {
        value = try String(from: node)
        if let command = node.command { for secret in secrets(value) { command.hide(secret) } }
        guard case .scalar(let scalar) = node.content, !node.isUnknown else { return }
        for secret in secrets(value) { scalar.secrets?.add(secret) }
        for reference in scalar.references {
            guard let path = reference.filePath, let mode = reference.fileMode, mode & 0o077 != 0 else { continue }
            throw Diagnostic(
                "\(path) can be read by others (mode \(String(mode, radix: 8)))",
                hint: "run: chmod 600 \(path.asShellWord)",
                at: node.location,
                code: .credentialsRefused
            )
        }
    }
}

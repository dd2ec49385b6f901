import Records

/// Who besides the user may read or change a pipeline file.
package struct FilePermissions: Sendable {
    private let path: String
    private let mode: UInt16
    private let isOfOtherUser: Bool

    /// - Parameters:
    ///   - mode: the permission bits.
    ///   - isOfOtherUser: whether it belongs to neither this user nor root.
    package init(path: String, mode: UInt16, isOfOtherUser: Bool) {
        self.path = path
        self.mode = mode
        self.isOfOtherUser = isOfOtherUser
    }

    private var octal: String { String(mode, radix: 8) }

    /// Refuses commands if others can change the file: they could make this user run any program.
    func refusalOfCommands(at location: SourceLocation) -> Diagnostic? {
        if isOfOtherUser {
            return Self.refusal(
                "no command runs: \(path) belongs to another user",
                "run: chown \"$(id -un)\" \(path.asShellWord)",
                location
            )
        }
        guard mode & 0o022 != 0 else { return nil }
        return Self.refusal(
            "no command runs: \(path) can be changed by others (mode \(octal))",
            "run: chmod go-w \(path.asShellWord)",
            location
        )
    }

    func refusalOfSecret(at location: SourceLocation) -> Diagnostic? {
        guard mode & 0o077 != 0 else { return nil }
        return Self.refusal(
            "the key is written in a file that can be read by others (mode \(octal))",
            "run: chmod 600 \(path.asShellWord), or keep the key in a separate file and write ${file:PATH}",
            location
        )
    }

    private static func refusal(_ message: String, _ hint: String, _ location: SourceLocation) -> Diagnostic {
        Diagnostic(message, hint: hint, at: location, code: .credentialsRefused)
    }
}

/// Why a sandbox cannot start, or why an option is invalid.
package struct SandboxError: Error, CustomStringConvertible {
    package let message: String

    package var description: String { message }

    init(_ message: String) {
        self.message = message
    }
}

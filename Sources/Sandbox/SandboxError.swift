/// Why a sandbox cannot start, or what is wrong with one of its options.
package struct SandboxError: Error, CustomStringConvertible {
    package let message: String

    package var description: String { message }

    init(_ message: String) {
        self.message = message
    }
}

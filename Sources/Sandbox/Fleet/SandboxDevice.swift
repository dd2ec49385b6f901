/// The true state of a device, to compare with the sandbox's answers.
package struct SandboxDevice: Sendable, Hashable {
    package enum Presence: Sendable, Hashable {
        case listed
        /// Not in the list. Read alone, it shows its release date.
        case released
        /// Not in the list. Read alone, it gives status 404.
        case gone
    }

    package let index: Int
    package let serial: String
    package let presence: Presence
    package let releasedAt: String?
    package let serverID: String?
    /// In the sending order of lists.
    package let attributes: [SandboxAttribute]
    /// In the sending order of a device that is read alone.
    package let attributesReadAlone: [SandboxAttribute]

    package var isListed: Bool { presence == .listed }
}

/// A device as it is: what the sandbox must have sent about it.
package struct SandboxDevice: Sendable, Hashable {
    package enum Presence: Sendable, Hashable {
        case listed
        /// Not in the list; read alone it tells when it was released.
        case released
        /// Not in the list, and status 404 when read alone.
        case gone
    }

    package let index: Int
    package let serial: String
    package let presence: Presence
    package let releasedAt: String?
    package let serverID: String?
    /// In the order sent in a list.
    package let attributes: [SandboxAttribute]
    /// In the order sent when the device is read alone.
    package let attributesReadAlone: [SandboxAttribute]

    package var isListed: Bool { presence == .listed }
}

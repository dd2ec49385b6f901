/// Where a device is, according to Apple.
enum Place: Sendable, Hashable {
    /// On the service with this ID.
    case on(String)
    /// In the organization, on no service.
    case nowhere
    /// Not in the organization, or released.
    case gone
}

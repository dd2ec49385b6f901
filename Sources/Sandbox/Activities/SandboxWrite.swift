/// A request to the API other than a read, whatever came of it.
package struct SandboxWrite: Sendable {
    package let method: String
    package let path: String
    /// In the organization's time.
    package internal(set) var at = ""
    package internal(set) var status = 0
    /// Whether the client got an answer; a fault can prevent it.
    package internal(set) var isAnswered = true
    /// Whether its connection had served no request before.
    package let isFirstOnConnection: Bool
    /// The devices that the body names.
    package internal(set) var serials: [String] = []
    /// The activity, if it was accepted.
    package internal(set) var activityID: String?
}

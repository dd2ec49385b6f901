import Inventory
import Pipeline

/// The first line of a plan file. Times are RFC 3339, UTC.
struct PlanHeader: Codable, Sendable, Hashable {
    static let format = "axport assignment plan 1"

    /// How many complete devices the listing had that the plan is based on.
    struct Listing: Codable, Sendable, Hashable {
        let completedAt: String
        let devices: Int
    }

    var format = Self.format
    /// Absolute path of the pipeline file: its source has the credentials for `apply`.
    let file: String
    let pipeline: String
    let source: String
    /// The organization, as the inventory knows it.
    let organization: String
    /// SHA-256 of the pipeline file and of the lists that its rules name.
    let rules: String
    /// Why somebody releases devices.
    let reason: String?
    let services: [Service]
    let listing: Listing
    let limits: PlanLimits
    let createdAt: String
    let expiresAt: String
    let version: String
    /// The number of devices to send, and of those left alone.
    let send: Int
    let leave: Int
    /// SHA-256 of the header without this member, and of the lines after it.
    var hash = ""
}

/// The limits that a plan was made within; `apply` keeps the last two.
struct PlanLimits: Codable, Sendable, Hashable {
    let maxDevices, maxMoves, chunk, maxActivities: Int

    init(_ limits: AssignLimits) {
        (maxDevices, maxMoves) = (limits.devices, limits.moves)
        (chunk, maxActivities) = (limits.chunk, limits.activities)
    }
}

import Inventory
import Records

/// Brings one part of the inventory up to date. Commits as it goes, so that a crash loses at most the page in flight.
package protocol Extractor: Sendable {
    /// Columns that the stage adds to the dataset `devices`.
    var adds: [Field] { get }
    /// Whether a failure of this stage leaves nothing to load and nothing for other stages to do.
    var isEssential: Bool { get }
    /// Whether it may begin before its turn, with devices that are new: nothing is more urgent than they.
    var mayBeginEarly: Bool { get }
    /// What `sync` would ask Apple for now. Asks nothing and changes nothing.
    func forecast(_ context: ForecastContext) throws -> Forecast
    func sync(_ context: SyncContext) async throws
}

extension Extractor {
    package var isEssential: Bool { false }
    package var mayBeginEarly: Bool { false }
}

/// What an extract stage works with.
package struct SyncContext: Sendable {
    package let api: any AppleAPI
    package let inventory: Inventory
    /// When the run began; stands for "now" in everything the stage records.
    package let startedAt: Timestamp
    /// Stop after this many devices; the listing then counts as incomplete.
    package let limit: Int?
    package let platform: Platform
    /// What a person types to run this pipeline for this source, for advice that names an option of it.
    package let command: String
    package let meter: StageMeter
    /// Where the stage that lists devices tells of new ones, and one that begins early hears of them; nil where no stage
    /// does so.
    package let newDevices: NewDevices?

    package init(
        api: any AppleAPI,
        inventory: Inventory,
        startedAt: Timestamp,
        limit: Int?,
        platform: Platform = .business,
        command: String = "axport run",
        meter: StageMeter,
        newDevices: NewDevices? = nil
    ) {
        self.api = api
        self.command = command
        self.platform = platform
        self.inventory = inventory
        self.startedAt = startedAt
        self.limit = limit
        self.meter = meter
        self.newDevices = newDevices
    }
}

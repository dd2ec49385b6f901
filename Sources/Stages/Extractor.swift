import Inventory
import Records

/// Updates one part of the inventory. Commits as it goes, so that a crash loses at most the page in flight.
package protocol Extractor: Sendable {
    /// Columns that the stage adds to the dataset `devices`.
    var adds: [Field] { get }
    /// Whether a failure of this stage leaves nothing to load and no work for other stages.
    var isEssential: Bool { get }
    /// Whether it may begin before its turn, with new devices: nothing is more urgent.
    var mayBeginEarly: Bool { get }
    /// The requests that `sync` would send to Apple now. Sends none and changes nothing.
    func forecast(_ context: ForecastContext) throws -> Forecast
    /// The requests that `sync` may send, each once.
    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint]
    func sync(_ context: SyncContext) async throws
}

extension Extractor {
    package var isEssential: Bool { false }
    package var mayBeginEarly: Bool { false }
}

/// The context of an extract stage.
package struct SyncContext: Sendable {
    package let api: any AppleAPI
    package let inventory: Inventory
    /// When the run began; the current time in everything that the stage records.
    package let startedAt: Timestamp
    /// The number of devices to stop after; the listing then counts as incomplete.
    package let limit: Int?
    /// The devices that somebody named, if nothing about others is wanted.
    package let serials: [String]?
    package let platform: Platform
    /// The command that runs this pipeline for this source, for advice that names one of its options.
    package let command: String
    package let meter: StageMeter
    /// Passes new devices from the stage that lists them to one that begins early; nil if no stage does.
    package let newDevices: NewDevices?

    package init(
        api: any AppleAPI,
        inventory: Inventory,
        startedAt: Timestamp,
        limit: Int?,
        serials: [String]? = nil,
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
        self.serials = serials
        self.meter = meter
        self.newDevices = newDevices
    }
}

import Inventory
import Records

/// The requests that a stage would send to Apple.
package struct Forecast: Sendable, Hashable {
    /// Requests of one kind.
    package struct Part: Sendable, Hashable {
        package let what: String
        /// Nil if it is not known yet.
        package let requests: Int?

        package init(_ what: String, _ requests: Int?) {
            self.what = what
            self.requests = requests
        }
    }
    package let parts: [Part]
    /// Devices that the stage's budget leaves for later runs.
    package let heldBack: Int
    package let note: String?
    /// Whether Apple's answers may reduce the number.
    package let isAtMost: Bool

    package init(_ parts: [Part], heldBack: Int = 0, note: String? = nil, isAtMost: Bool = false) {
        self.parts = parts
        self.heldBack = heldBack
        self.note = note
        self.isAtMost = isAtMost
    }

    /// For a stage that has finished its part in an unfinished run.
    package static let alreadyRead = Forecast([], note: "already read by a run that did not finish")
}

/// The context in which a stage forecasts its requests.
package struct ForecastContext: Sendable {
    /// Nil before the first run.
    package let inventory: Inventory?
    package let now: Timestamp
    /// The round of an unfinished run, which a run that starts now would continue.
    package let round: Round?
    package let platform: Platform
    /// Names of all extract stages of the pipeline.
    package let stages: Set<String>
    /// Whether the numbers of the preceding stages are upper bounds.
    package var isAtMost = false

    package init(inventory: Inventory?, now: Timestamp, round: Round?, platform: Platform, stages: Set<String>) {
        self.inventory = inventory
        self.now = now
        self.round = round
        self.platform = platform
        self.stages = stages
    }
}

import Inventory
import Records

/// What a stage would ask Apple for.
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
    /// Whether Apple's answers may make it fewer.
    package let isAtMost: Bool

    package init(_ parts: [Part], heldBack: Int = 0, note: String? = nil, isAtMost: Bool = false) {
        self.parts = parts
        self.heldBack = heldBack
        self.note = note
        self.isAtMost = isAtMost
    }

    /// Of a stage that has done its part in a run that did not end.
    package static let alreadyRead = Forecast([], note: "already read by a run that did not finish")
}

/// What a stage knows when it forecasts its requests.
package struct ForecastContext: Sendable {
    /// Nil before the first run.
    package let inventory: Inventory?
    package let now: Timestamp
    /// The round of an unfinished run, which a run that starts now would continue.
    package let round: Round?
    package let platform: Platform
    /// Names of all extract stages of the pipeline.
    package let stages: Set<String>
    /// Whether the requests of the stages before are an upper bound.
    package var isAtMost = false

    package init(inventory: Inventory?, now: Timestamp, round: Round?, platform: Platform, stages: Set<String>) {
        self.inventory = inventory
        self.now = now
        self.round = round
        self.platform = platform
        self.stages = stages
    }
}

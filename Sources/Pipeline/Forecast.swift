import Inventory
import Records

/// What a stage would ask Apple for.
package struct Forecast: Sendable, Hashable {
    /// Requests of one kind.
    package struct Part: Sendable, Hashable {
        package let what: String
        /// Nil where it cannot be known yet.
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
    /// Whether it may be fewer, by what Apple answers.
    package let isAtMost: Bool

    package init(_ parts: [Part], heldBack: Int = 0, note: String? = nil, isAtMost: Bool = false) {
        self.parts = parts
        self.heldBack = heldBack
        self.note = note
        self.isAtMost = isAtMost
    }

    /// Of a stage that has done its part in a run that did not end.
    package static let alreadyRead = Forecast([], note: "already read by a run that did not end")
}

/// What a stage may know when it says what it would ask for.
package struct ForecastContext: Sendable {
    /// Nil before the first run.
    package let inventory: Inventory?
    package let now: Timestamp
    /// The round of a run that did not end, which one that starts now would go on with.
    package let round: Round?
    package let platform: Platform
    /// Names of all extract stages of the pipeline.
    package let stages: Set<String>
    /// Whether the requests of the stages before are an upper bound.
    package internal(set) var isAtMost = false
}

/// What a run that started now would ask Apple for, stage by stage.
package struct PlanForecast: Sendable {
    package struct Stage: Sendable {
        package let name: String
        package let forecast: Forecast

        package init(name: String, forecast: Forecast) {
            self.name = name
            self.forecast = forecast
        }
    }
    package let pipeline: String
    package let source: String
    package let stages: [Stage]
    /// The pace that Apple last allowed, in requests a second.
    package let learnedRate: Double?
    /// The source's own limit, in requests a second.
    package let rate: Double?

    package init(pipeline: String, source: String, stages: [Stage], learnedRate: Double?, rate: Double? = nil) {
        self.pipeline = pipeline
        self.source = source
        self.stages = stages
        self.learnedRate = learnedRate
        self.rate = rate
    }

    /// Requests whose number is known.
    package var known: Int { stages.flatMap(\.forecast.parts).reduce(0) { $0 + ($1.requests ?? 0) } }
    package var isComplete: Bool { stages.allSatisfy { $0.forecast.parts.allSatisfy { $0.requests != nil } } }
    package var isAtMost: Bool { stages.contains { $0.forecast.isAtMost } }
    package var heldBack: Int { stages.reduce(0) { $0 + $1.forecast.heldBack } }

    /// The slowest limit that anybody reports of Apple: 20 requests a minute.
    package static let slowestRate = 20.0 / 60
    /// How long it takes where Apple allows so many requests a second.
    package func seconds(at allowed: Double) -> Double { Double(known) / min(allowed, rate ?? .infinity) }
}

extension Plan {
    func forecast(from inventory: Inventory?, at now: Timestamp) throws -> PlanForecast {
        var context = ForecastContext(
            inventory: inventory,
            now: now,
            round: try inventory?.openRound(at: now),
            platform: source.platform,
            stages: Set(extract.map(\.origin.stage))
        )
        return PlanForecast(
            pipeline: name,
            source: source.name,
            stages: try extract.map { step in
                let forecast = try step.stage.forecast(context)
                context.isAtMost = context.isAtMost || forecast.isAtMost
                return PlanForecast.Stage(name: step.origin.stage, forecast: forecast)
            },
            learnedRate: try inventory?.learnedRate,
            rate: source.rate
        )
    }
}

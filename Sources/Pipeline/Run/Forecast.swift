import Inventory
import Records
import Stages

/// The requests that a run would send to Apple now, stage by stage.
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
    /// The rate that Apple last allowed, in requests per second.
    package let learnedRate: Double?
    /// The source's own limit, in requests per second.
    package let rate: Double?

    package init(pipeline: String, source: String, stages: [Stage], learnedRate: Double?, rate: Double? = nil) {
        self.pipeline = pipeline
        self.source = source
        self.stages = stages
        self.learnedRate = learnedRate
        self.rate = rate
    }

    /// The sum of all known numbers of requests.
    package var known: Int { stages.flatMap(\.forecast.parts).reduce(0) { $0 + ($1.requests ?? 0) } }
    package var isComplete: Bool { stages.allSatisfy { $0.forecast.parts.allSatisfy { $0.requests != nil } } }
    package var isAtMost: Bool { stages.contains { $0.forecast.isAtMost } }
    package var heldBack: Int { stages.reduce(0) { $0 + $1.forecast.heldBack } }

    /// The slowest rate limit that users report: 20 requests per minute.
    package static let slowestRate = 20.0 / 60
    /// The duration at this number of requests per second.
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

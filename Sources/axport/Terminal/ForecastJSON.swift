import Pipeline

/// What a run would ask Apple for as one line of JSON. A number that nobody can know yet is null.
struct ForecastJSON: Encodable {
    private let pipeline: String
    private let source: String
    private let stages: [Stage]
    private let requests: Int?
    private let atMost: Bool
    private let heldBack: Int
    private let learnedRate: Double?
    private let seconds: Double?
    private let secondsAtTwentyAMinute: Double?

    private struct Stage: Encodable {
        struct Part: Encodable {
            let what: String
            let requests: Int?
        }
        let stage: String
        let parts: [Part]
        let heldBack: Int
        let note: String?
    }

    init(_ forecast: PlanForecast) {
        pipeline = forecast.pipeline
        source = forecast.source
        stages = forecast.stages.map { stage in
            Stage(
                stage: stage.name,
                parts: stage.forecast.parts.map { Stage.Part(what: $0.what, requests: $0.requests) },
                heldBack: stage.forecast.heldBack,
                note: stage.forecast.note
            )
        }
        requests = forecast.isComplete ? forecast.known : nil
        atMost = forecast.isAtMost
        heldBack = forecast.heldBack
        learnedRate = forecast.learnedRate
        seconds = forecast.isComplete ? (forecast.learnedRate ?? forecast.rate).map(forecast.seconds(at:)) : nil
        secondsAtTwentyAMinute = forecast.isComplete ? forecast.seconds(at: PlanForecast.slowestRate) : nil
    }

    var text: String { jsonLine }
}

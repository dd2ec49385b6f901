import Records
import Stages

/// An outlook as one line of JSON. Unknown numbers are absent.
package struct OutlookJSON: Encodable {
    private let pipeline: String
    private let source: String
    private let stages: [Stage]
    private let requests: Int?
    private let atMost: Bool
    private let heldBack: Int
    private let learnedRate: Double?
    private let seconds: Double?
    private let secondsAtTwentyAMinute: Double?
    private let loads: [Load]?

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

    private struct Load: Encodable {
        let stage, destination: String
        let insert, update, retire, unchanged, leftOut: Int
        let columns: [String: Int]
        let files: [String]
        let error: String?

        init(_ report: StageReport) {
            stage = report.name
            destination = report.destination
            let counts = report.counts
            insert = counts.written - counts.updated
            update = counts.updated
            retire = counts.retired
            unchanged = counts.unchanged
            leftOut = counts.filteredBefore + counts.filtered
            columns = counts.changedColumns
            files = counts.changedFiles
            error = report.failure?.description
        }
    }

    package init(_ outlook: Outlook) {
        let forecast = outlook.requests
        loads = outlook.loads?.map(Load.init)
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

    package var text: String { jsonLine }
}

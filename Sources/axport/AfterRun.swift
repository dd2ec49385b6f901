import Pipeline
import Records
import RunMetrics
import Stages

/// What follows a run when its report is final and its inventory is free again. None of it changes the exit code.
struct AfterRun: Sendable {
    private let metrics: MetricsSettings?
    /// Nil where the source cannot be read at all.
    private let inventory: String?

    init(of plan: Plan) {
        metrics = plan.metrics
        inventory = try? plan.inventoryPath
    }

    /// For a source that cannot be asked.
    init(of planned: PipelinePlans) {
        metrics = planned.metrics
        inventory = nil
    }

    func take(_ report: RunReport) {
        guard let metrics else { return }
        let file = MetricsFile(metrics.file(of: report.pipeline, source: report.source))
        do {
            try file.replace(with: report, inventory: inventory)
        } catch {
            Output.log(LogRecord(.warning, Failure(of: error), of: "metrics: ").with(source: report.source))
        }
    }
}

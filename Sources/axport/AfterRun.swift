import Pipeline
import Records
import RunMetrics
import Stages

/// Work after a run: its report is final and its inventory unlocked. A failure here does not change the exit code.
struct AfterRun: Sendable {
    private let metrics: MetricsSettings?
    /// Nil if the source's settings cannot be read.
    private let inventory: String?

    init(of plan: Plan) {
        metrics = plan.metrics
        inventory = try? plan.inventoryPath
    }

    /// For a source whose settings cannot be read.
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

import ArgumentParser

/// A scheduler that can run a pipeline every night.
enum ScheduleKind: String, CaseIterable, ExpressibleByArgument {
    case systemd, launchd, cron, kubernetes

    /// The folders and variables of a run under this scheduler.
    var service: ServicePlaces {
        switch self {
        case .systemd: .systemd
        case .kubernetes: .container
        case .launchd, .cron: .user
        }
    }

    /// The scheduler's file for one pipeline.
    func text(for needs: PipelineNeeds) throws -> String {
        switch self {
        case .systemd: try SystemdDropIn(needs).text
        case .launchd: LaunchdJob(needs).text
        case .cron: CrontabLine(needs).text
        case .kubernetes: KubernetesCronJob(needs).text
        }
    }
}

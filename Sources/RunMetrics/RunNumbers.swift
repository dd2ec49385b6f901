import Inventory
import Pipeline
import Records
import Stages

/// The numbers of a finished run and of the fleet after it.
struct RunNumbers {
    let report: RunReport
    /// Nil if the inventory cannot be read.
    let standing: FleetStanding?
    let lastSuccess: RunSuccess?

    static let lastSuccessName = "axport_last_success_timestamp_seconds"
    static let lastDurationName = "axport_last_success_duration_seconds"

    static func labels(of report: RunReport) -> MetricFamily.Labels {
        [("pipeline", report.pipeline), ("source", report.source)]
    }

    var text: String {
        let labels = Self.labels(of: report)
        return (ofTheRun + ofTheLoads + ofTheStages + ofTheFleet).map { $0.text(labels) }.joined()
    }

    private var ofTheRun: [MetricFamily] {
        var build = MetricFamily("axport_build_info", "The version of axport that wrote these metrics.")
        build.add(1, ("version", report.version))
        return [
            build,
            MetricFamily(
                "axport_last_run_timestamp_seconds",
                "When the last run ended.",
                (report.endedAt ?? .now).inSeconds
            ),
            MetricFamily("axport_last_run_exit_code", "Exit code of the last run.", Double(report.code.rawValue)),
            MetricFamily("axport_run_duration_seconds", "How long the last run took.", report.seconds),
            MetricFamily(
                "axport_run_limits_met",
                "How often Apple limited requests of the last run.",
                Double(report.limitsMet.count)
            ),
            MetricFamily(
                "axport_run_limits_wait_seconds",
                "How long requests of the last run waited because Apple limited them.",
                report.limitsMet.seconds
            ),
            MetricFamily(
                Self.lastSuccessName,
                "When the last run ended that asked Apple and had exit code 0; 0 if there was none.",
                lastSuccess?.endedAt.inSeconds ?? 0
            ),
            MetricFamily(
                Self.lastDurationName,
                "How long that run took; 0 if there was none.",
                lastSuccess?.seconds ?? 0
            ),
        ]
    }

    private var ofTheLoads: [MetricFamily] {
        let counts = report.counts
        var rows = MetricFamily("axport_run_rows", "Rows of all loads of the last run, by what became of them.")
        for (outcome, count) in [
            ("written", counts.written), ("unchanged", counts.unchanged), ("filtered", counts.filtered),
            ("retired", counts.retired),
        ] {
            rows.add(Double(count), ("outcome", outcome))
        }
        var rejects = MetricFamily("axport_run_rejected_values", "Values that the last run rejected, by the reason.")
        for reason in Reason.allCases where reason != .ok {
            rejects.add(Double(report.rejects[reason] ?? 0), ("reason", reason.rawValue))
        }
        return [rows, rejects]
    }

    private var ofTheStages: [MetricFamily] {
        func family(_ name: String, _ help: String, _ number: (StageCounts) -> Double) -> MetricFamily {
            var family = MetricFamily(name, help)
            var sums: [(stage: String, sum: Double)] = []
            for stage in report.stages where stage.kind == .extract {
                if let index = sums.firstIndex(where: { $0.stage == stage.name }) {
                    sums[index].sum += number(stage.counts)
                } else {
                    sums.append((stage.name, number(stage.counts)))
                }
            }
            for (stage, sum) in sums { family.add(sum, ("stage", stage)) }
            return family
        }
        return [
            family("axport_run_requests", "Requests to Apple of the last run.") { Double($0.requests) },
            family("axport_run_waiting_devices", "Devices that the last run left to the next one.") {
                Double($0.heldBack)
            },
            family("axport_run_unanswered_devices", "Devices that Apple did not answer for in the last run.") {
                Double($0.unknown)
            },
        ]
    }

    private var ofTheFleet: [MetricFamily] {
        guard let standing else { return [] }
        var devices = MetricFamily("axport_devices", "Devices in the organization, by family and status.")
        for group in standing.groups {
            devices.add(Double(group.count), ("family", group.family), ("status", group.status))
        }
        var known = MetricFamily("axport_facet_devices", "Devices in the organization, by whether the facet is known.")
        var checked = MetricFamily(
            "axport_facet_checked_timestamp_seconds",
            "When Apple answered for the facet: oldest answer, the one that 90 % are younger than, and the median."
        )
        for facet in standing.known {
            let name = ("facet", facet.facet.rawValue)
            known.add(Double(facet.known), name, ("state", "known"))
            known.add(Double(facet.unknown), name, ("state", "unknown"))
            checked.add(facet.oldest.inSeconds, name, ("age", "oldest"))
            checked.add(facet.tenth.inSeconds, name, ("age", "p90"))
            checked.add(facet.median.inSeconds, name, ("age", "median"))
        }
        let listed = MetricFamily(
            "axport_devices_listed_timestamp_seconds",
            "When Apple's list of devices was last read to its end.",
            standing.listedAt?.inSeconds
        )
        return [devices, listed, known, checked]
    }
}

extension Timestamp {
    fileprivate var inSeconds: Double { Double(microseconds) / 1_000_000 }
}

import Inventory
import Records
import Stages

extension StageReport {
    /// Remarks for people about a stage, in addition to its numbers.
    package var remarks: [String] {
        var remarks = counts.notes
        let asked = AskReason.allCases.compactMap { reason in
            counts.reasons[reason].map { "\($0) \(reason.rawValue)" }
        }
        if !asked.isEmpty { remarks.append("asked for \(asked.joined(separator: ", "))") }
        if let waiting { remarks.append(waiting) }
        return remarks
    }

    /// A later run can only help if this one was able to send requests.
    private var waiting: String? {
        if counts.heldBack == 0 { return nil }
        if failure?.code == .credentialsRefused { return "not asked about: \(counted(counts.heldBack, "device"))" }
        let devices = counted(counts.heldBack, "device waits", "devices wait")
        return counts.asked == 0 && failure == nil && status == .done
            ? "\(devices), and will keep waiting: the stage is not allowed any request; see its max_requests and max_time"
            : "\(devices) for the next run"
    }
}

/// The CSV at an activity's `downloadUrl`. The URL has a signature instead of a token.
enum ActivityLog {
    static let folder = "/activity-logs/"

    static func text(path: String, fleet: Fleet) -> String? {
        let name = path.dropFirst(folder.count)
        guard path.hasPrefix(folder), let activity = fleet.activities.first(where: { "\($0.id).csv" == name }),
            activity.completed != nil
        else { return nil }
        var lines: [String] = []
        if fleet.switches.activityLog == .preamble {
            lines += ["Activity ID,\(activity.id)", "Activity Type,ASSIGN_DEVICES", ""]
        }
        lines.append("serial_number,operation_status,operation_substatus")
        let hasErrors = activity.subStatus == "COMPLETED_WITH_ERROR"
        for index in 0..<min(4, fleet.count) {
            let failed = hasErrors && index % 2 == 1
            lines.append("\(fleet.serial(at: index)),\(failed ? "FAILED,OPERATION_NOT_ALLOWED" : "SUCCESS,")")
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}

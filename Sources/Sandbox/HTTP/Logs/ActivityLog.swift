/// The CSV with what an activity did to each device.
struct ActivityLog {
    private let activity: SandboxActivity
    private let rows: [LogRow]
    private let switches: SandboxSwitches

    /// Nil if the activity has no log, or not yet.
    init?(_ activity: SandboxActivity, _ switches: SandboxSwitches) {
        guard let rows = activity.log else { return nil }
        self.activity = activity
        self.rows = rows
        self.switches = switches
    }

    /// `ABM-ActivityLog_May-1-2025_14-22-40.csv`
    static func fileName(of activity: SandboxActivity, on platform: SandboxPlatform) -> String {
        let text = (activity.completed ?? activity.created).text
        let (year, month, day) = (text.prefix(4), text.dropFirst(5).prefix(2), text.dropFirst(8).prefix(2))
        let name = CivilDate.monthNames[(Int(month) ?? 1) - 1]
        let time = text.dropFirst(11).prefix(8).replacing(":", with: "-")
        let product = platform == .business ? "ABM" : "ASM"
        return "\(product)-ActivityLog_\(name)-\(Int(day) ?? 1)-\(year)_\(time).csv"
    }

    var text: String {
        switches.activities.log == .odd
            ? oddText : (frame + ["\(Self.columns.joined(separator: ","))"] + plainRows).lines
    }

    private static let columns = ["serial_number", "operation_status", "operation_substatus", "timestamp"]

    private var frame: [String] {
        guard switches.activityLog == .preamble else { return [] }
        return [
            "OPERATION,\(activity.type.rawValue)", "ACTIVITY_ID,\(activity.id)", "STARTED AT,\(activity.created.text)",
            "ENDED AT,\(ended)", "STATUS,\(activity.status)", "SUB_STATUS,\(activity.subStatus)", "",
        ]
    }

    private var ended: String { (activity.completed ?? activity.created).text }

    private var plainRows: [String] {
        rows.map { "\($0.serial),\($0.word.status),\($0.word.subStatus),\(ended)" }
    }

    /// A byte order mark, quotes, another order with an additional column, an unknown word, and no row for one device.
    private var oddText: String {
        let header = #""timestamp","Operation_Status","operation_substatus","device, model","SERIAL_NUMBER""#
        let last = rows.count > 1 ? rows.count - 1 : rows.count
        let cells = rows.prefix(last).enumerated().map { place, row in
            let subStatus = row.word.isSuccess || place % 2 == 1 ? row.word.subStatus : "DEVICE_IS_BUSY"
            return #""\#(ended)","\#(row.word.status)","\#(subStatus)","iMac 21.5""","\#(row.serial)""#
        }
        return "\u{FEFF}" + (frame + [header] + cells).lines
    }
}

extension [String] {
    fileprivate var lines: String { joined(separator: "\r\n") + "\r\n" }
}

import Foundation
import Records
import Stages

@testable import Load

/// Devices as a report counts them.
extension Schema {
    static let reported = Schema(
        "devices",
        "Devices of a test.",
        key: ["serial_number"],
        [
            Field("serial_number", .text, as: .identifier, "Serial number."),
            Field("product_family", .text, "Family."),
            Field("status", .text, "Status."),
            Field("server_name", .text, "Service."),
            Field("ordered_at", .timestamp, "Order."),
            Field("purchase_source_type", .text, "Source."),
            Field("device_capacity", .text, "Capacity."),
            Field("coverage_state", .text, "State."),
            Field("coverage_error", .text, "Error."),
            Field("coverage_active", .boolean, "Covered."),
            Field("coverage_open_ended", .boolean, "Open."),
            Field("coverage_end", .date, "End."),
            Field("coverage_plan", .text, "Plan."),
            Field("coverage_plan_class", .text, "Class."),
        ]
    )
}

/// A device of a test: an iPad that nothing is known of, but for what a test says.
struct ReportedDevice {
    var serial = "A"
    var family: TestValue = "iPad"
    var status: TestValue = "ASSIGNED"
    var service: TestValue = "Jamf"
    var orderedAt: TestValue = nil
    var source: TestValue = "APPLE"
    var capacity: TestValue = "64GB"
    var state: TestValue = "unknown"
    var error: TestValue = "not asked yet"
    var isCovered: TestValue = nil
    var end: TestValue = nil
    var plan: TestValue = nil
    var planClass: TestValue = nil

    static func with(_ change: (inout ReportedDevice) -> Void) -> ReportedDevice {
        var device = ReportedDevice()
        change(&device)
        return device
    }

    /// Covered until so many days after the day of the report.
    static func ending(in days: Int32, _ planClass: TestValue = "applecare", serial: String = "A") -> ReportedDevice {
        .with {
            ($0.serial, $0.state, $0.error, $0.isCovered) = (serial, "covered", nil, true)
            ($0.end, $0.plan, $0.planClass) = (.day(context.startedAt.daysSince1970 + days), "AppleCare+", planClass)
        }
    }

    var row: [TestValue] {
        [
            .text(serial), family, status, service, orderedAt, source, capacity, state, error, isCovered, false, end,
            plan,
            planClass,
        ]
    }
}

/// The report of a night of 2025-12-31 without an inventory.
func report(_ devices: [ReportedDevice], removed: [ReportedDevice] = []) throws -> FleetReport {
    var report = FleetReport(of: "nightly", .reported, at: context.startedAt)
    report.add(Batch(devices.map(\.row)))
    report.add(Batch(removed.map(\.row), isRemoved: true))
    try report.end("acme", nil)
    return report
}

extension FleetReport {
    /// The bars with this caption, as `name count count`.
    func bars(_ caption: String) -> [String]? {
        for case .bars(let bars) in document.sections.flatMap(\.parts) where bars.caption == caption {
            return bars.rows.map { ([$0.name] + $0.counts.map(String.init)).joined(separator: " ") }
        }
        return nil
    }

    /// The table whose caption begins so, a text for each row.
    func table(_ caption: String) -> [String]? {
        for case .table(let table) in document.sections.flatMap(\.parts) where table.caption.hasPrefix(caption) {
            return table.rows.map { $0.joined(separator: " | ") }
        }
        return nil
    }

    var page: String { FleetPage(document).text }
}

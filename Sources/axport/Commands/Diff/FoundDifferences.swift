import Compare
import Inventory
import Records

/// What differs in one inventory.
struct FoundDifferences {
    let source: String
    let since: Timestamp
    let run: RunRecord?
    /// Since when the inventory knows every change; nil if it never listed a device.
    let knownSince: Timestamp?
    private(set) var differences: [Difference] = []

    init(_ start: DiffStart, now: Timestamp) throws {
        source = start.place.source
        since = start.since
        run = start.run
        let path = start.place.path
        knownSince = try Inventory.changesKnownSince(at: path)
        var comparison = DeviceComparison(since: since, now: now)
        var found: [Difference] = []
        try DeviceHistories(at: path, since: since).visit { device, serviceName in
            found += try comparison.differences(of: device, serviceName: serviceName)
        }
        for index in found.indices { found[index].source = source }
        let ranks = Dictionary(uniqueKeysWithValues: zip(Difference.Kind.allCases, 0...))
        // The columns of a device keep their order.
        differences = found.enumerated().sorted { left, right in
            (ranks[left.element.kind] ?? 0, left.element.serialNumber, left.offset)
                < (ranks[right.element.kind] ?? 0, right.element.serialNumber, right.offset)
        }.map(\.element)
    }

    /// Whether earlier changes may be missing. People name moments to the second, as they are told.
    var isShort: Bool { knownSince.map { since.adding(seconds: 1) <= $0 } ?? true }

    /// Why changes are missing.
    var shortage: Failure {
        guard let knownSince else {
            return Failure(.partial, "no device of \(source) was ever listed", advice: "`axport runs` shows why")
        }
        return Failure(
            .partial,
            """
            what is recorded of \(source) begins at \(RunTable.moment(knownSince)) (UTC); \
            earlier changes are not known
            """,
            advice: "`keep_changes` in `inventory:` says how long a pipeline keeps changes"
        )
    }

    /// `since 2026-11-29 01:00:00 (UTC), run 2026…: 12 came, 3 went`
    var summary: String {
        let counts = differences.deviceCounts.map { "\($0.devices) \($0.kind.words)" }
        let start = "since \(RunTable.moment(since)) (UTC)" + (run.map { ", run \($0.id)" } ?? "")
        return "\(start): \(counts.isEmpty ? "no differences" : counts.joined(separator: ", "))"
    }
}

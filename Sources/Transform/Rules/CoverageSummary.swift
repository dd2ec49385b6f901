import Records

/// A device's flattened coverage records (Rules/README.md section 8, steps 5 to 8).
package struct CoverageSummary: Sendable {
    /// The device's primary record: its plan, agreement and payment type.
    package internal(set) var primary: CoverageRecord?
    package internal(set) var isActive = false
    package internal(set) var isOpenEnded = false
    /// Whether the coverage is more than the limited warranty; nil if the plan that covers the device has no name.
    package var hasAppleCare: Bool? {
        guard isActive, let primary else { return false }
        return switch primary.planClass {
        case .applecare: true
        case .limitedWarranty: false
        case .unknown: nil
        }
    }
    /// Days since 1970-01-01, UTC; nil if a coverage without end is effective.
    package internal(set) var end: Int32?
    package internal(set) var limitedWarrantyEnd: Int32?
    package internal(set) var count = 0
    /// Whole months from the order to the end.
    package internal(set) var warrantyMonths: Int?
}

extension CoverageList {
    /// - Parameter moment: The current time; this function does not read the clock (step 8).
    package func summary(at moment: Timestamp, orderedOn: Timestamp?) -> CoverageSummary {
        var summary = CoverageSummary()
        var primary: Standing?
        var ends = LatestEnds()
        func count(_ index: Int) {
            let standing = Standing(records[index], index: index, at: moment)
            summary.count += 1
            if primary.map({ isOrderedBefore(standing, $0) }) ?? true { primary = standing }
            ends.add(standing)
            if standing.isEffective {
                summary.isActive = true
                if standing.end == nil { summary.isOpenEnded = true }
            }
        }
        let best = bestOfEachID { left, right in
            isOrderedBefore(
                Standing(records[left], index: left, at: moment),
                Standing(records[right], index: right, at: moment)
            )
        }
        if let best { best.forEach(count) } else { records.indices.forEach(count) }
        summary.primary = primary.map { records[$0.index] }
        summary.limitedWarrantyEnd = ends.ofLimitedWarranty?.daysSince1970
        if !summary.isOpenEnded { summary.end = (ends.ofEffective ?? ends.ofStarted ?? ends.ofAny)?.daysSince1970 }
        summary.warrantyMonths = wholeMonths(from: orderedOn?.daysSince1970, to: summary.end)
        return summary
    }

    /// Whether the left record is preferred as the primary record (step 5).
    private func isOrderedBefore(_ left: Standing, _ right: Standing) -> Bool {
        if left.isEffective != right.isEffective { return left.isEffective }
        let verdict =
            left.isEffective
            ? left.byClass(right) ?? left.byEnd(right, openEndedFirst: true)
            : left.byBegun(right) ?? left.byEnd(right, openEndedFirst: false) ?? left.byClass(right)
        return verdict ?? left.byStart(right) ?? isOrderedBefore(records[left.index].id, records[right.index].id)
    }

    /// Counts calendar days in UTC. In a month without that day, its last day counts (step 7).
    private func wholeMonths(from order: Int32?, to end: Int32?) -> Int? {
        guard let order, let end, order <= end else { return nil }
        let first = CalendarDay(daysSince1970: Int(order))
        let last = CalendarDay(daysSince1970: Int(end))
        let months = (last.year - first.year) * 12 + last.month - first.month
        return first.adding(months: months).daysSince1970 <= Int(end) ? months : months - 1
    }
}

/// A record's state at the given moment. The comparisons are nil if both are equal.
private struct Standing {
    let index: Int
    let planClass: CoverageRecord.PlanClass
    let start: Timestamp?
    let end: Timestamp?
    let hasStarted: Bool
    let isEffective: Bool

    init(_ record: CoverageRecord, index: Int, at moment: Timestamp) {
        self.index = index
        planClass = record.planClass
        start = record.start
        end = record.effectiveEnd
        hasStarted = record.hasStarted(by: moment)
        isEffective = record.isEffective(at: moment)
    }

    func byClass(_ other: Standing) -> Bool? {
        planClass == other.planClass ? nil : planClass < other.planClass
    }

    func byBegun(_ other: Standing) -> Bool? { hasStarted == other.hasStarted ? nil : hasStarted }

    func byEnd(_ other: Standing, openEndedFirst: Bool) -> Bool? {
        guard let end, let otherEnd = other.end else {
            return (end == nil) == (other.end == nil) ? nil : (end == nil) == openEndedFirst
        }
        return end == otherEnd ? nil : end > otherEnd
    }

    /// The later start first; no start last.
    func byStart(_ other: Standing) -> Bool? {
        guard let start, let otherStart = other.start else {
            return (start == nil) == (other.start == nil) ? nil : start != nil
        }
        return start == otherStart ? nil : start > otherStart
    }
}

/// The latest end of each kind of record (step 6).
private struct LatestEnds {
    private(set) var ofEffective: Timestamp?
    private(set) var ofStarted: Timestamp?
    private(set) var ofAny: Timestamp?
    private(set) var ofLimitedWarranty: Timestamp?

    mutating func add(_ standing: Standing) {
        guard let end = standing.end else { return }
        ofAny = max(ofAny ?? end, end)
        if standing.isEffective { ofEffective = max(ofEffective ?? end, end) }
        if standing.hasStarted { ofStarted = max(ofStarted ?? end, end) }
        if standing.planClass == .limitedWarranty { ofLimitedWarranty = max(ofLimitedWarranty ?? end, end) }
    }
}

import Records

/// A device's coverage records made flat (normalization.md section 8, steps 5 to 8).
package struct CoverageSummary: Sendable {
    /// The record that stands for the device: its plan, agreement and payment type.
    package var primary: CoverageRecord?
    package var isActive = false
    package var isOpenEnded = false
    /// Days since 1970-01-01, UTC; nil while a coverage without end holds.
    package var end: Int32?
    package var limitedWarrantyEnd: Int32?
    package var count = 0
    /// Whole months from the order to the end.
    package var warrantyMonths: Int?
}

extension CoverageReader {
    /// - Parameter moment: Stands for "now"; the clock is not read (step 8).
    package func summary(at moment: Timestamp, orderedOn: Timestamp?) -> CoverageSummary {
        var summary = CoverageSummary()
        summary.count = records.count
        for record in records where record.isEffective(at: moment) {
            summary.isActive = true
            if record.effectiveEnd == nil { summary.isOpenEnded = true }
        }
        let ranking = Ranking(reader: self, moment: moment, isAnyEffective: summary.isActive)
        let candidates = records.lazy.filter { !summary.isActive || $0.isEffective(at: moment) }
        summary.primary = candidates.min { ranking.isOrderedBefore($0, $1) }
        summary.limitedWarrantyEnd = latestEnd { $0.planClass == .limitedWarranty }
        if !summary.isOpenEnded {
            summary.end =
                latestEnd { $0.isEffective(at: moment) } ?? latestEnd { $0.hasStarted(by: moment) }
                ?? latestEnd { _ in true }
        }
        summary.warrantyMonths = wholeMonths(from: orderedOn?.daysSince1970, to: summary.end)
        return summary
    }

    private func latestEnd(where isIncluded: (CoverageRecord) -> Bool) -> Int32? {
        records.lazy.filter(isIncluded).compactMap(\.effectiveEnd).max()?.daysSince1970
    }

    /// Counts days of the calendar in UTC; the day is the month's last where the month has no such day (step 7).
    private func wholeMonths(from order: Int32?, to end: Int32?) -> Int? {
        guard let order, let end, order <= end else { return nil }
        let first = CalendarDay(daysSince1970: Int(order))
        let last = CalendarDay(daysSince1970: Int(end))
        let months = (last.year - first.year) * 12 + last.month - first.month
        return first.adding(months: months).daysSince1970 <= Int(end) ? months : months - 1
    }
}

/// Which record stands for the device (step 5).
private struct Ranking {
    let reader: CoverageReader
    let moment: Timestamp
    let isAnyEffective: Bool

    func isOrderedBefore(_ left: CoverageRecord, _ right: CoverageRecord) -> Bool {
        let verdict =
            isAnyEffective
            ? byClass(left, right) ?? byEnd(left, right, openEndedFirst: true)
            : byBegun(left, right) ?? byEnd(left, right, openEndedFirst: false) ?? byClass(left, right)
        return verdict ?? byStart(left, right) ?? reader.isOrderedBefore(left.id, right.id)
    }

    private func byClass(_ left: CoverageRecord, _ right: CoverageRecord) -> Bool? {
        left.planClass == right.planClass ? nil : left.planClass < right.planClass
    }

    private func byBegun(_ left: CoverageRecord, _ right: CoverageRecord) -> Bool? {
        let hasStarted = left.hasStarted(by: moment)
        return hasStarted == right.hasStarted(by: moment) ? nil : hasStarted
    }

    private func byEnd(_ left: CoverageRecord, _ right: CoverageRecord, openEndedFirst: Bool) -> Bool? {
        guard let leftEnd = left.effectiveEnd, let rightEnd = right.effectiveEnd else {
            let isLeftOpen = left.effectiveEnd == nil
            return isLeftOpen == (right.effectiveEnd == nil) ? nil : isLeftOpen == openEndedFirst
        }
        return leftEnd == rightEnd ? nil : leftEnd > rightEnd
    }

    /// The later start first, none last.
    private func byStart(_ left: CoverageRecord, _ right: CoverageRecord) -> Bool? {
        guard let leftStart = left.start, let rightStart = right.start else {
            return (left.start == nil) == (right.start == nil) ? nil : left.start != nil
        }
        return leftStart == rightStart ? nil : leftStart > rightStart
    }
}

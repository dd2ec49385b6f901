import Records

/// Counts what is known of coverage, and when it ends. What is not known is told apart from what Apple does not have.
struct CoverageTally: Sendable {
    enum State: Int, CaseIterable {
        case ends, openEnded, over, none, notAsked, unknown

        var name: String {
            switch self {
            case .ends: "covered until a date"
            case .openEnded: "covered without an end date"
            case .over: "not covered now: ended, canceled, or not begun"
            case .none: "no coverage at Apple"
            case .notAsked: "unknown: not asked yet"
            case .unknown: "unknown: no answer that could be read"
            }
        }
    }

    enum Plan: Int, CaseIterable {
        case appleCare, limitedWarranty, other

        var name: String {
            switch self {
            case .appleCare: "AppleCare"
            case .limitedWarranty: "Limited warranty"
            case .other: "Other"
            }
        }
    }

    /// A device whose coverage ends soon.
    struct Ending: Sendable {
        let end: Int32
        let serial, model, family, plan: String

        func isBefore(_ other: Ending) -> Bool { (end, serial) < (other.end, other.serial) }
    }

    /// What ends within these numbers of days.
    static let windows = [30, 60, 90]
    static let mostMonths = 24
    static let mostEndings = 50

    private let columns: FleetColumns
    private let today: Int32
    private let firstMonth: Int
    private(set) var states = [Int](repeating: 0, count: State.allCases.count)
    /// By months from that of the report, then those after the last one; each by ``Plan``.
    private(set) var months = [[Int]](repeating: [0, 0, 0], count: mostMonths + 1)
    /// Ends that are in the past although the device counts as covered: `as_of` names another day.
    private(set) var past = 0
    /// Ends within each of ``windows``, by family.
    private(set) var ends: [CountTable] = windows.map { _ in CountTable() }
    /// Covered, not covered, and unknown devices, by family.
    private(set) var families: [CountTable] = [CountTable(), CountTable(), CountTable()]
    /// Those that end first, within the last of ``windows``.
    private(set) var soonest: [Ending] = []

    init(_ columns: FleetColumns, today: Int32) {
        self.columns = columns
        self.today = today
        firstMonth = Self.month(of: today)
    }

    /// The first day of a month that is so many months after that of the report.
    func day(ofMonth number: Int) -> CalendarDay {
        var day = CalendarDay(daysSince1970: Int(today)).adding(months: number)
        day = CalendarDay(year: day.year, month: day.month, day: 1) ?? day
        return day
    }

    private static func month(of days: Int32) -> Int {
        let day = CalendarDay(daysSince1970: Int(days))
        return day.year * 12 + day.month
    }

    mutating func add(_ row: Int, of batch: Batch, family: String) {
        let state = state(of: row, in: batch)
        states[state.rawValue] += 1
        switch state {
        case .ends, .openEnded: families[0].add(family)
        case .over, .none: families[1].add(family)
        case .notAsked, .unknown: families[2].add(family)
        }
        guard state == .ends, let column = columns.coverageEnd, case .date(let end) = batch[column, row] else { return }
        let days = end - today
        guard days >= 0 else {
            past += 1
            return
        }
        months[min(Self.month(of: end) - firstMonth, Self.mostMonths)][plan(of: row, in: batch).rawValue] += 1
        for (window, most) in Self.windows.enumerated() where days <= most { ends[window].add(family) }
        if days <= Self.windows.last ?? 0 { note(row, of: batch, end: end, family: family) }
    }

    private func state(of row: Int, in batch: Batch) -> State {
        if batch.equals(columns.coverageState, row, "NONE") { return .none }
        guard batch.equals(columns.coverageState, row, "COVERED"), let isCovered = batch.flag(columns.isCovered, row)
        else {
            return batch.equals(columns.coverageError, row, "NOT ASKED YET") ? .notAsked : .unknown
        }
        if !isCovered { return .over }
        guard let column = columns.coverageEnd, case .date = batch[column, row] else { return .openEnded }
        return .ends
    }

    private func plan(of row: Int, in batch: Batch) -> Plan {
        if batch.equals(columns.planClass, row, "APPLECARE") { return .appleCare }
        return batch.equals(columns.planClass, row, "LIMITED_WARRANTY") ? .limitedWarranty : .other
    }

    private mutating func note(_ row: Int, of batch: Batch, end: Int32, family: String) {
        if soonest.count == Self.mostEndings, let last = soonest.last, end > last.end { return }
        let found = Ending(
            end: end,
            serial: batch.shortText(columns.serial, row) ?? "?",
            model: batch.shortText(columns.model, row) ?? "",
            family: family,
            plan: batch.shortText(columns.plan, row) ?? ""
        )
        let place = soonest.firstIndex(where: found.isBefore) ?? soonest.count
        soonest.insert(found, at: place)
        if soonest.count > Self.mostEndings { soonest.removeLast() }
    }
}

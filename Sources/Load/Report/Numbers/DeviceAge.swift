import Records

/// Whole years since devices were ordered.
struct DeviceAge: Sendable {
    static let mostYears = 7
    static let unknown = mostYears + 1

    /// The latest day of an order that is so many years old.
    private let latestDay: [Int]

    init(today: Int) {
        let day = CalendarDay(daysSince1970: today)
        latestDay = (0...Self.mostYears).map { day.adding(months: -12 * $0).daysSince1970 }
    }

    /// The whole years since a day, at most ``mostYears``. An order of the future is new.
    func years(since day: Int) -> Int { latestDay.lastIndex { day <= $0 } ?? 0 }

    static func name(_ years: Int) -> String {
        switch years {
        case 0: "under 1 year"
        case 1: "1 year"
        case mostYears: "\(mostYears) years or more"
        case unknown: "not known"
        default: "\(years) years"
        }
    }
}

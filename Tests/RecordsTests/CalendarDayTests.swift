import Foundation
import Records
import Testing

@Suite struct CalendarDayTests {
    @Test func everyDayOfFourCenturiesComesBack() throws {
        var expected = try #require(CalendarDay(year: 1890, month: 1, day: 1))
        let first = expected.daysSince1970
        for days in first..<(first + 146_097) {
            let day = CalendarDay(daysSince1970: days)
            #expect(day == expected && day.daysSince1970 == days, "\(days)")
            expected.day += 1
            if expected.day > CalendarDay.days(inMonth: expected.month, of: expected.year) {
                expected.day = 1
                expected.month += 1
            }
            if expected.month > 12 {
                expected.month = 1
                expected.year += 1
            }
        }
        #expect(expected.description == "2290-01-01")
    }

    @Test func agreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for days in stride(from: 0, to: 80_000, by: 17) {
            let parts = calendar.dateComponents(
                [.year, .month, .day],
                from: Date(timeIntervalSince1970: Double(days) * 86_400)
            )
            let day = CalendarDay(daysSince1970: days)
            #expect([day.year, day.month, day.day] == [parts.year, parts.month, parts.day])
        }
    }

    @Test(arguments: [
        (2025, 2, 29), (1900, 2, 29), (2025, 4, 31), (2025, 13, 1), (2025, 0, 1), (2025, 1, 0), (2025, 1, 32),
    ])
    func impossibleDaysAreNil(_ year: Int, _ month: Int, _ day: Int) {
        #expect(CalendarDay(year: year, month: month, day: day) == nil)
    }

    @Test func leapDaysExist() {
        #expect(CalendarDay(year: 2000, month: 2, day: 29) != nil)
        #expect(CalendarDay(year: 2024, month: 2, day: 29) != nil)
    }

    @Test(arguments: [
        (1, "2024-02-29"), (2, "2024-03-31"), (-1, "2023-12-31"), (-2, "2023-11-30"), (12, "2025-01-31"),
        (13, "2025-02-28"), (0, "2024-01-31"), (-13, "2022-12-31"), (1200, "2124-01-31"),
    ])
    func addingMonthsKeepsTheDayOrTakesTheLast(_ months: Int, _ expected: String) throws {
        let day = try #require(CalendarDay(year: 2024, month: 1, day: 31))
        #expect(day.adding(months: months).description == expected)
    }
}

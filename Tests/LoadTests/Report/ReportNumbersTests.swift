import Records
import Stages
import Testing

@testable import Load

/// What a report counts. Its day is 2025-12-31.
@Suite struct ReportNumbersTests {
    @Test func devicesAreCountedByFamilyServiceAndCapacity() throws {
        let found = try report([
            .with { ($0.family, $0.service, $0.capacity) = ("iPad", "Jamf", "1TB") },
            .with { ($0.family, $0.service, $0.capacity) = ("iPad", "Jamf", "64GB") },
            .with { ($0.family, $0.service, $0.status, $0.capacity) = ("Mac", nil, "UNASSIGNED", "256GB") },
            .with { ($0.family, $0.service, $0.capacity) = (nil, nil, nil) },
        ])
        #expect(found.bars("By family") == ["iPad 2", "Mac 1", "not given 1"])
        #expect(
            found.bars("By device management service")
                == ["Jamf 2", "assigned, but the service is not known 1", "no service 1"]
        )
        #expect(found.bars("By capacity") == ["64GB 1", "256GB 1", "1TB 1", "not given 1"])
    }

    @Test func devicesThatLeftAreOnlyCountedAsSuch() throws {
        let found = try report([ReportedDevice()], removed: [ReportedDevice(), .ending(in: 3)])
        #expect(found.bars("By family") == ["iPad 1"])
        #expect(found.bars("By coverage") == ["unknown: not asked yet 1"])
        let numbers = try #require(found.table("The fleet in numbers"))
        #expect(numbers.first == "Devices in the organization | 1")
        #expect(numbers.contains("Devices that left it and are not counted below | 2"))
    }

    static let ages: [(Int64, String)] = [
        (0, "under 1 year"), (364, "under 1 year"), (365, "1 year"), (730, "1 year"), (731, "2 years"),
        (3000, "7 years or more"), (-5, "under 1 year"),
    ]

    @Test(arguments: ages) func ageIsInWholeYears(days: Int64, name: String) throws {
        let ordered = context.startedAt.adding(seconds: -days * 86_400).microseconds / 1_000_000
        let found = try report([.with { $0.orderedAt = .moment(ordered) }])
        #expect(found.bars("By age, in whole years since the order") == ["\(name) 1"])
    }

    @Test func ageOfDevicesAddedByHandIsNotKnown() throws {
        let found = try report([
            .with { ($0.orderedAt, $0.source) = (.moment(1_700_000_000), "MANUALLY_ADDED") }, ReportedDevice(),
        ])
        #expect(found.bars("By age, in whole years since the order") == ["not known 2"])
    }

    @Test func whatIsNotKnownIsNotCountedAsNoCoverage() throws {
        let found = try report([
            .ending(in: 400), .with { $0.state = "none" }, ReportedDevice(), .with { $0.error = "HTTP 500" },
            .with { ($0.state, $0.error, $0.isCovered) = ("covered", nil, false) },
            .with { ($0.state, $0.error, $0.isCovered) = ("covered", nil, true) },
            .with { ($0.state, $0.error) = ("covered", nil) },
        ])
        #expect(
            found.bars("By coverage") == [
                "covered until a date 1", "covered without an end date 1",
                "not covered now: ended, canceled, or not begun 1",
                "no coverage at Apple 1", "unknown: not asked yet 1", "unknown: no answer that could be read 2",
            ]
        )
        #expect(found.bars("Coverage by family") == ["iPad 2 2 3"])
        #expect(found.document.sections.map(\.title).contains("AppleCare"))
    }

    @Test func whatEndsSoonIsCountedFromTheDayOfTheReport() throws {
        let found = try report([-1, 0, 30, 31, 60, 61, 90, 91].map { .ending(in: $0, serial: "S\($0)") })
        let caption = "Devices whose coverage ends within 30, 60, and 90 days of 2025-12-31, by 2026-03-31"
        #expect(found.table(caption) == ["iPad | 2 | 4 | 6", "all | 2 | 4 | 6"])
        #expect(found.table("The next to end")?.count == 6)
        #expect(found.table("The next to end")?.first == "2025-12-31 | S0 | iPad | AppleCare+")
    }

    @Test func theNextToEndAreThoseThatEndFirst() throws {
        let ends: [(days: Int32, serial: String)] = (0..<200).map { (Int32(($0 * 37) % 91), "S\($0)") }
        let devices = ends.map { ReportedDevice.ending(in: $0.days, serial: $0.serial) }
        let rows = try #require(try report(devices).table("The next to end"))
        let first: [String] = ends.sorted { $0 < $1 }.prefix(50).map(\.serial)
        #expect(rows.map { String($0.split(separator: " | ")[1]) } == first)
        #expect(try report(devices).page.contains("150 more end within 90 days."))
    }

    @Test func endsAreCountedByMonthAndPlan() throws {
        let found = try report([
            .ending(in: 0), .ending(in: 1, "limited_warranty"), .ending(in: 31, "applecare"),
            .ending(in: 32, "unknown"),
            .ending(in: 800), .ending(in: -3),
        ])
        #expect(
            found.bars("Devices whose coverage ends, by month and plan")
                == ["before this report 0 0 1", "2025-12 1 0 0", "2026-01 1 1 0", "2026-02 0 0 1", "later 1 0 0"]
        )
    }

    @Test func aFleetWithoutDevicesSaysSo() throws {
        let found = try report([])
        #expect(found.page.contains("There are no devices."))
        #expect(found.bars("By family") == nil)
        #expect(found.page.contains("No value is rejected."))
    }

    @Test func manyNamesShareARow() throws {
        let found = try report((0..<40).map { number in .with { $0.service = .text("Service \(100 + number)") } })
        let rows = try #require(found.bars("By device management service"))
        #expect(rows.count == 26)
        #expect(rows.last == "others (15) 15")
        var counts = CountTable()
        for number in 0..<5000 { counts.add("\(number)") }
        #expect(counts.rows(atMost: 10).last?.name == "others (more than 1990)")
        #expect(counts.rows(atMost: 10).reduce(0) { $0 + $1.count } == 5000)
        #expect(counts.total == 5000)
    }

    @Test func numbersAndSharesAreReadable() {
        #expect(
            [0, 999, 1000, 1_234_567, -1000].map(ReportDocument.number) == ["0", "999", "1,000", "1,234,567", "-1,000"]
        )
        let shares = [(1, 3), (0, 5), (5, 5), (1, 5000), (1, 0)].map { ReportDocument.share($0.0, of: $0.1) }
        #expect(shares == ["33.3%", "0.0%", "100.0%", "< 0.1%", ""])
    }
}

import Records
import Testing
import Transform

@Suite struct MomentsTests {
    @Test(arguments: Vector.load("dates", field: "datetime"))
    func followsTheVector(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: Timestamp.self)) { "\"\($0)\"" }
    }

    @Test(arguments: Vector.load("dates", field: "date"))
    func daysAreThoseOfUTC(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: Timestamp.self)) {
            "\"\(CalendarDay(daysSince1970: Int($0.daysSince1970)))\""
        }
    }

    @Test(arguments: [
        ("2025-06-01 00:00:00Z", "2025-06-01T00:00:00.000Z"), ("2025-06-01T00:00:00+0545", "2025-05-31T18:15:00.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"), ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
        ("9999-12-31", "9999-12-31T00:00:00.000Z"), ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("2025-12-31T23:59:59.9999999Z", "2025-12-31T23:59:59.999Z"),
        ("2025-06-01T00:00:00-00:00", "2025-06-01T00:00:00.000Z"),
        ("2025-06-01T14:00:00+14:00", "2025-06-01T00:00:00.000Z"), ("1900-03-01T00:00:00Z", "1900-03-01T00:00:00.000Z"),
    ])
    func converts(_ text: String, _ expected: String) {
        #expect(judge(text, as: Timestamp.self).value?.description == expected)
    }

    @Test(arguments: [
        ("2025-06-01T24:00:00Z", Reason.range), ("2025-06-01T23:60:00Z", .range), ("2025-06-01T23:59:61Z", .range),
        ("2025-06-01T00:00:00+14:01", .range), ("2025-06-31", .range), ("1900-02-29", .range), ("2025-00-10", .range),
        ("9999-12-31T23:00:00-02:00", .range), ("0000-01-01T00:00:00Z", .range), ("0001-01-01T00:00:00+01:00", .range),
        ("1970-01-01", .placeholder), ("1970-01-01T00:00:00Z", .placeholder), ("0001-01-01", .placeholder),
        ("1746050714", .format), ("1746050714192", .format), ("2025-6-1", .format), ("2025-06-01T0:00:00Z", .format),
        ("01.06.2025", .format), ("2025-06-01T00:00:00.Z", .format), ("2025-06-01T00:00:00,5Z", .format),
        ("2025-06-01T00:00Z", .format), ("20250601T000000Z", .format), ("2025-06-01T00:00:00 Z", .format),
        ("2025-06-01T00:00:00+2", .format), ("2025-06-01Z", .format), ("２０２５-06-01", .format), ("N/A", .placeholder),
        ("12025-06-01", .format), ("-2025-06-01", .format),
    ])
    func refuses(_ text: String, _ reason: Reason) {
        #expect(judge(text, as: Timestamp.self).reason == reason)
    }

    @Test func otherJSONIsRefused() throws {
        #expect(try judge(json: "1746050714", as: Timestamp.self).reason == .format)
        #expect(try judge(json: "true", as: Timestamp.self).reason == .type)
    }

    @Test func canonicalIsAFixedPoint() {
        expectFixedPoints(of: Timestamp.self, style: (), alphabet: "0123456789")
        var dice = Dice(seed: 2)
        for _ in 0..<20_000 {
            let moment = Timestamp(
                microseconds: Int64.random(in: -62_000_000_000...250_000_000_000, using: &dice) * 1_000_000
            )
            #expect(judge(moment.description, as: Timestamp.self).value == moment)
        }
    }
}

import Foundation
import Records
import Testing

@Suite struct TimestampTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let id, field, reason: String
        let input: String
        let expected: String?
        let valid: Bool
        let warnings: [String]?
        var testDescription: String { id }

        /// Some inputs are objects: those are about consumers' formats.
        static let all: [Vector] = {
            guard
                let bytes = try? fixture("dates"),
                let lines = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]]
            else { return [] }
            return lines.compactMap { line in
                guard line["input"] is String, let data = try? JSONSerialization.data(withJSONObject: line) else {
                    return nil
                }
                return try? JSONDecoder().decode(Vector.self, from: data)
            }
        }()
    }

    private func parse(_ text: String) -> Verdict<Timestamp> { Timestamp.parse(Array(text.utf8).span) }

    @Test func thereAreVectors() { #expect(Vector.all.count == 20) }

    @Test(arguments: Vector.all) func followsTheVector(_ vector: Vector) {
        let verdict = parse(vector.input)
        let text = verdict.value.map { moment in
            vector.field == "date"
                ? CalendarDay(daysSince1970: Int(moment.daysSince1970)).description : moment.description
        }
        #expect(text == vector.expected)
        #expect(verdict.isValid == vector.valid)
        #expect(verdict.reason.rawValue == vector.reason)
        #expect(verdict.warnings.map(\.rawValue) == vector.warnings ?? [])
    }

    @Test(
        arguments: [
            ("2025-06-01T00:00:00Z", nil), ("2025-06-01t00:00:00z", nil), ("2025-06-01 00:00:00Z", nil),
            ("2025-06-01T00:00:00.0Z", nil), ("2025-06-01T02:00:00+02:00", .offsetConverted),
            ("2025-06-01T02:00:00+0200", .offsetConverted), ("2025-05-31T10:00:00-14:00", .offsetConverted),
            ("2025-06-01T00:00:00-00:00", nil), ("2025-06-01T00:00:00", .zoneAssumedUTC), ("2025-06-01", .dateOnly),
            ("\u{feff}\u{a0} 2025-06-01T00:00:00Z\u{2060}\r\n", nil), ("2025-05-31T23:59:60Z", nil),
        ] as [(String, Records.Warning?)]
    )
    func acceptsTheNearForms(_ text: String, _ warning: Records.Warning?) {
        let verdict = parse(text)
        #expect(verdict.value?.description == "2025-06-01T00:00:00.000Z")
        #expect(verdict.warnings == (warning.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ("0.1", "100"), ("0.19", "190"), ("0.192", "192"), ("0.1929999999999999999999", "192"), ("0.999999", "999"),
    ])
    func theFractionIsCutAfterMilliseconds(_ fraction: String, _ milliseconds: String) {
        let verdict = parse("2025-12-31T23:59:59\(fraction.dropFirst())Z")
        #expect(verdict.value?.description == "2025-12-31T23:59:59.\(milliseconds)Z")
    }

    @Test(arguments: [
        ("2025-06-01T24:00:00Z", Reason.range), ("2025-06-01T23:60:00Z", .range), ("2025-06-01T00:00:61Z", .range),
        ("2025-06-01T00:00:00+14:01", .range), ("2025-13-01", .range), ("2025-00-01", .range), ("2025-04-31", .range),
        ("2023-02-29T00:00:00Z", .range), ("1900-02-29", .range), ("0000-01-01", .range),
        ("9999-12-31T23:59:59-01:00", .range), ("9999-12-31T23:59:60Z", .range), ("0001-01-01T00:00:00+01:00", .range),
        ("0001-01-01T00:00:00Z", .placeholder), ("1970-01-01T00:00:00.000Z", .placeholder),
        ("1970-01-01", .placeholder),
        ("unknown", .placeholder), ("-", .placeholder),
        ("1746050714", .format), ("2025-6-1", .format), ("06/01/2025", .format), ("2025-06-01T00:00Z", .format),
        ("2025-06-01T00:00:00,1Z", .format), ("2025-06-01T00:00:00.Z", .format), ("2025-06-01T00:00:00+02", .format),
        ("2025-06-01T00:00:00Z.", .format), ("2025-06-01T", .format), ("2025-W23-1", .format), ("٢٠٢٥-06-01", .format),
        ("2025-06-01T00:00:00 +02:00", .format), ("20250601T000000Z", .format),
    ])
    func refusesWithTheReason(_ text: String, _ reason: Reason) {
        #expect(parse(text).reason == reason)
        #expect(parse(text).value == nil)
    }

    @Test(arguments: ["", " ", "\u{a0}\u{200b}"]) func blankIsMissingAndValid(_ text: String) {
        #expect(parse(text).reason == .missing)
        #expect(parse(text).isValid)
    }

    @Test(arguments: ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.001Z", "1969-12-31T23:59:59.999Z"])
    func theEdgesPass(_ text: String) {
        #expect(parse(text).value?.description == text)
    }

    @Test func canonicalTextIsAFixedPoint() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let milliseconds = Int64.random(in: -62_135_596_799_999...253_402_300_799_999, using: &random)
            let moment = Timestamp(microseconds: milliseconds * 1000)
            #expect(parse(moment.description).value == moment, "\(milliseconds)")
        }
    }

    @Test func textsSortAsMomentsDo() {
        let moments = (0..<2000).map { _ in Timestamp(microseconds: .random(in: 1...4_000_000_000) * 1_000_000) }
        #expect(moments.sorted().map(\.description) == moments.map(\.description).sorted())
    }

    @Test func noTextCrashesTheParser() {
        let alphabet = Array("0123456789-+:.TtZz \u{a0}".utf8) + [0, 0xC2, 0xE2, 0xFF]
        var accepted = 0
        for round in 0..<50_000 {
            var text = Array("2025-06-01T12:34:56.789+02:00".utf8)
            for _ in 0..<(round % 5) { text[.random(in: text.indices)] = alphabet[.random(in: alphabet.indices)] }
            if round % 7 == 0 { text.removeLast(.random(in: 0...text.count)) }
            if let moment = Timestamp.parse(text.span).value {
                accepted += 1
                #expect(parse(moment.description).value == moment)
            }
        }
        #expect(accepted > 5000)
    }

    @Test func impossibleMomentsArePrintedWithoutACrash() {
        for moment in [Int64.min, .max, -62_135_596_800_000_001] {
            #expect(!Timestamp(microseconds: moment).description.isEmpty)
        }
    }

    @Test func daysBeginAtMidnightUTCBefore1970Too() {
        #expect(Timestamp(microseconds: -1).daysSince1970 == -1)
        #expect(Timestamp(microseconds: 0).daysSince1970 == 0)
        #expect(Timestamp(microseconds: Timestamp.microsecondsPerDay - 1).daysSince1970 == 0)
        #expect(Timestamp(microseconds: -Timestamp.microsecondsPerDay).daysSince1970 == -1)
    }
}

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A moment in UTC, in microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    package static let microsecondsPerDay: Int64 = 86_400_000_000

    /// The calendar day in UTC, counted from 1970-01-01.
    package var daysSince1970: Int32 {
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
        return Int32(rest < 0 ? days - 1 : days)
    }

    package static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}

extension Timestamp: CustomStringConvertible {
    /// `2025-04-30T22:05:14.192Z`: always three digits, cut rather than rounded, so that texts sort as moments do.
    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    package func append(to output: inout [UInt8]) {
        let day = CalendarDay(daysSince1970: Int(daysSince1970))
        let rest = microseconds % Self.microsecondsPerDay
        let time = Int((rest < 0 ? rest + Self.microsecondsPerDay : rest) / 1000)
        day.append(to: &output)
        output.append(UInt8(ascii: "T"))
        output.append(digits: time / 3_600_000, 2)
        output.append(UInt8(ascii: ":"))
        output.append(digits: time / 60_000 % 60, 2)
        output.append(UInt8(ascii: ":"))
        output.append(digits: time / 1000 % 60, 2)
        output.append(UInt8(ascii: "."))
        output.append(digits: time % 1000, 3)
        output.append(UInt8(ascii: "Z"))
    }
}

extension CalendarDay: CustomStringConvertible {
    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    package func append(to output: inout [UInt8]) {
        output.append(digits: year, 4)
        output.append(UInt8(ascii: "-"))
        output.append(digits: month, 2)
        output.append(UInt8(ascii: "-"))
        output.append(digits: day, 2)
    }
}

extension [UInt8] {
    /// A year before 1 or after 9999, which no parser of ours gives, is shown as well as it can be.
    fileprivate mutating func append(digits number: Int, _ width: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let number = abs(number)
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}

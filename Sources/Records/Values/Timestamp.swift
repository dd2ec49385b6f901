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

    /// The moment so many seconds later; earlier for a negative number.
    package func adding(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }

    /// Negative if the other moment is later.
    package func seconds(since other: Timestamp) -> Double { Double(microseconds - other.microseconds) / 1_000_000 }

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
    /// `2025-04-30T22:05:14.192Z`: always three digits, truncated, not rounded, so that texts sort as moments do.
    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    package func append(to output: inout [UInt8]) {
        let day = CalendarDay(daysSince1970: Int(daysSince1970))
        let rest = microseconds % Self.microsecondsPerDay
        let time = UInt32((rest < 0 ? rest + Self.microsecondsPerDay : rest) / 1000)
        let (seconds, milliseconds) = time.quotientAndRemainder(dividingBy: 1000)
        let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        day.appendSign(to: &output)
        output.append(count: 24) { text in
            text.write(day)
            text.write("T", hour, at: 10)
            text.write(":", minute, at: 13)
            text.write(":", second, at: 16)
            text[19] = UInt8(ascii: ".")
            text[20] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: milliseconds / 100)
            text.write(milliseconds % 100, at: 21)
            text[23] = UInt8(ascii: "Z")
        }
    }
}

extension CalendarDay: CustomStringConvertible {
    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Years before 1 or after 9999 are shown as well as possible. Our parsers return none.
    package func append(to output: inout [UInt8]) {
        appendSign(to: &output)
        output.append(count: 10) { $0.write(self) }
    }

    fileprivate func appendSign(to output: inout [UInt8]) {
        if year < 0 { output.append(UInt8(ascii: "-")) }
    }
}

extension UnsafeMutablePointer<UInt8> {
    fileprivate func write(_ day: CalendarDay) {
        let year = UInt32(truncatingIfNeeded: abs(day.year))
        write(year / 100 % 100, at: 0)
        write(year % 100, at: 2)
        write("-", UInt32(truncatingIfNeeded: day.month), at: 4)
        write("-", UInt32(truncatingIfNeeded: day.day), at: 7)
    }

    /// Writes two digits.
    @inline(__always)
    fileprivate func write(_ number: UInt32, at position: Int) {
        self[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
        self[position + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
    }

    @inline(__always)
    fileprivate func write(_ mark: Unicode.Scalar, _ number: UInt32, at position: Int) {
        self[position] = UInt8(ascii: mark)
        write(number, at: position + 1)
    }
}

extension Duration {
    /// The duration in seconds, with a fraction.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

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
        let time = Int((rest < 0 ? rest + Self.microsecondsPerDay : rest) / 1000)
        day.appendSign(to: &output)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            text.write(day)
            text.write("T", time / 3_600_000, 2, at: 10)
            text.write(":", time / 60_000 % 60, 2, at: 13)
            text.write(":", time / 1000 % 60, 2, at: 16)
            text.write(".", time % 1000, 3, at: 19)
            text[23] = UInt8(ascii: "Z")
            output.append(contentsOf: text)
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
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { text in
            text.write(self)
            output.append(contentsOf: text)
        }
    }

    fileprivate func appendSign(to output: inout [UInt8]) {
        if year < 0 { output.append(UInt8(ascii: "-")) }
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    @inline(__always)
    fileprivate func write(_ day: CalendarDay) {
        write(abs(day.year), 4, at: 0)
        write("-", day.month, 2, at: 4)
        write("-", day.day, 2, at: 7)
    }

    /// Writes the last digits of a number.
    @inline(__always)
    fileprivate func write(_ number: Int, _ width: Int, at position: Int) {
        var rest = number
        for place in (position..<position + width).reversed() {
            self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    @inline(__always)
    fileprivate func write(_ mark: Unicode.Scalar, _ number: Int, _ width: Int, at position: Int) {
        self[position] = UInt8(ascii: mark)
        write(number, width, at: position + 1)
    }
}

extension Duration {
    /// The duration in seconds, with a fraction.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

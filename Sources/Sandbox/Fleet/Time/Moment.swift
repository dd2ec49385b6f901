/// A point in time, in milliseconds since 1970, and its written forms.
struct Moment: Sendable, Hashable, Comparable {
    var milliseconds: Int64

    static let day: Int64 = 86_400_000

    static func < (left: Moment, right: Moment) -> Bool {
        left.milliseconds < right.milliseconds
    }

    func adding(days: Int) -> Moment {
        Moment(milliseconds: milliseconds + Int64(days) * Self.day)
    }

    /// The same date in another year. February 29 becomes March 1 if the year has no such day.
    func adding(years: Int) -> Moment {
        let date = CivilDate(day: dayNumber)
        return Moment(milliseconds: milliseconds).movedTo(day: date.adding(years: years).dayNumber)
    }

    var midnight: Moment { Moment(milliseconds: Int64(dayNumber) * Self.day) }

    /// `2025-04-30T22:05:14.192Z`
    var text: String { written(fraction: true) }

    /// `2025-04-30T22:05:14Z`
    var textWithoutFraction: String { written(fraction: false) }

    /// `Wed, 30 Apr 2025 22:05:14 GMT`, rounded up to the next second, for Retry-After.
    var httpDate: String {
        let whole = Moment(milliseconds: milliseconds + 999)
        let date = CivilDate(day: whole.dayNumber)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(whole.dayNumber % 7 + 7) % 7]
        let month = CivilDate.monthNames[date.month - 1]
        let written = whole.textWithoutFraction
        let (day, time) = (written.dropFirst(8).prefix(2), written.dropFirst(11).prefix(8))
        return "\(weekday), \(day) \(month) \(date.year) \(time) GMT"
    }

    private var dayNumber: Int {
        Int((milliseconds >= 0 ? milliseconds : milliseconds - Self.day + 1) / Self.day)
    }

    private func movedTo(day: Int) -> Moment {
        Moment(milliseconds: Int64(day) * Self.day + milliseconds - Int64(dayNumber) * Self.day)
    }

    private func written(fraction: Bool) -> String {
        let date = CivilDate(day: dayNumber)
        let time = Int(milliseconds - Int64(dayNumber) * Self.day)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            Self.write(date.year, 4, "-", at: 0, buffer)
            Self.write(date.month, 2, "-", at: 5, buffer)
            Self.write(date.day, 2, "T", at: 8, buffer)
            Self.write(time / 3_600_000, 2, ":", at: 11, buffer)
            Self.write(time / 60_000 % 60, 2, ":", at: 14, buffer)
            Self.write(time / 1000 % 60, 2, fraction ? "." : "Z", at: 17, buffer)
            if fraction {
                Self.write(time % 1000, 3, "Z", at: 20, buffer)
            }
            return fraction ? 24 : 20
        }
    }

    /// Digits with leading zeros, followed by a character.
    private static func write(
        _ number: Int,
        _ width: Int,
        _ after: Unicode.Scalar,
        at place: Int,
        _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        var rest = number
        for digit in stride(from: place + width - 1, through: place, by: -1) {
            buffer[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        buffer[place + width] = UInt8(ascii: after)
    }
}

extension Timestamp {
    /// The moment of a text that ``parse(_:)`` accepts.
    package init?(text: String) {
        guard let moment = Timestamp.parse(Array(text.utf8).span).value else { return nil }
        self = moment
    }

    /// Reads RFC 3339 as Apple writes it, with or without a fraction, and the similar forms of Rules/README.md
    /// section 7. An impossible day is rejected, never rolled over. Digits beyond milliseconds are truncated.
    package static func parse(_ input: Span<UInt8>) -> Verdict<Timestamp> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        if text.isPlaceholder { return .refused(.placeholder) }
        var scanner = Scanner()
        guard
            let year = scanner.digits(4, in: text), scanner.skip("-", in: text),
            let month = scanner.digits(2, in: text), scanner.skip("-", in: text),
            let dayOfMonth = scanner.digits(2, in: text)
        else { return .refused(.format) }

        var time: Int64 = 0
        var warnings: [Warning] = []
        if scanner.isAtEnd(of: text) {
            warnings = [.dateOnly]
        } else {
            guard scanner.skip("T", in: text) || scanner.skip("t", in: text) || scanner.skip(" ", in: text),
                let clock = scanner.clock(in: text)
            else {
                return .refused(.format)
            }
            guard let offset = scanner.offset(in: text) else { return .refused(.format) }
            guard clock.isPossible, abs(offset.minutes) <= 14 * 60 else { return .refused(.range) }
            time = clock.microseconds - Int64(offset.minutes) * 60_000_000
            if let warning = offset.warning { warnings = [warning] }
        }
        guard let day = CalendarDay(year: year, month: month, day: dayOfMonth) else { return .refused(.range) }
        let moment = Timestamp(microseconds: Int64(day.daysSince1970) * microsecondsPerDay + time)
        if moment.microseconds == 0 || moment.microseconds == yearOne { return .refused(.placeholder) }
        // The offset may move the date out of the years that four digits and PostgreSQL can represent.
        guard (yearOne..<yearTenThousand).contains(moment.microseconds) else { return .refused(.range) }
        return .canonical(moment, warnings)
    }

    /// 0001-01-01T00:00:00Z, the zero of several date libraries.
    private static let yearOne: Int64 = -719_162 * microsecondsPerDay
    private static let yearTenThousand: Int64 = 2_932_897 * microsecondsPerDay

    private struct Clock {
        var hour, minute, second: Int
        var milliseconds: Int
        /// A leap second rolls over, as in PostgreSQL; hour 24 does not.
        var isPossible: Bool { hour <= 23 && minute <= 59 && second <= 60 }
        var microseconds: Int64 {
            Int64(((hour * 60 + minute) * 60 + second) * 1000 + milliseconds) * 1000
        }
    }

    private struct Scanner {
        var position = 0

        func isAtEnd(of text: Span<UInt8>) -> Bool { position == text.count }

        @inline(__always)
        mutating func skip(_ character: Unicode.Scalar, in text: Span<UInt8>) -> Bool {
            guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        @inline(__always)
        mutating func digits(_ width: Int, in text: Span<UInt8>) -> Int? {
            guard position + width <= text.count else { return nil }
            var number = 0
            for index in position..<position + width {
                guard let digit = text[index].decimalDigit else { return nil }
                number = number * 10 + digit
            }
            position += width
            return number
        }

        mutating func clock(in text: Span<UInt8>) -> Clock? {
            guard
                let hour = digits(2, in: text), skip(":", in: text),
                let minute = digits(2, in: text), skip(":", in: text),
                let second = digits(2, in: text)
            else { return nil }
            var clock = Clock(hour: hour, minute: minute, second: second, milliseconds: 0)
            guard skip(".", in: text) else { return clock }
            let start = position
            var scale = 100
            while position < text.count, let digit = text[position].decimalDigit {
                clock.milliseconds += digit * scale
                scale /= 10
                position += 1
            }
            return position > start ? clock : nil
        }

        mutating func offset(in text: Span<UInt8>) -> (minutes: Int, warning: Warning?)? {
            if isAtEnd(of: text) { return (0, .zoneAssumedUTC) }
            if skip("Z", in: text) || skip("z", in: text) { return isAtEnd(of: text) ? (0, nil) : nil }
            let sign = skip("-", in: text) ? -1 : 1
            guard sign < 0 || skip("+", in: text), let hours = digits(2, in: text) else { return nil }
            _ = skip(":", in: text)
            guard let minutes = digits(2, in: text), minutes <= 59, isAtEnd(of: text) else { return nil }
            let total = sign * (hours * 60 + minutes)
            return (total, total == 0 ? nil : .offsetConverted)
        }
    }
}

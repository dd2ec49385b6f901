import Records

/// What somebody meant who wrote a day or a duration as people do.
enum DateGuess {
    /// In the form that `--since` takes; empty if it is not clear what was meant.
    static func guesses(for text: String, now: Timestamp) -> [String] {
        let words = text.lowercased().split { $0.isWhitespace }.map(String.init).filter { $0 != "ago" && $0 != "last" }
        let today = Int(now.daysSince1970)
        switch words {
        case ["today"]: return [day(today)]
        case ["yesterday"]: return [day(today - 1)]
        case ["night"]: return [day(today)]
        case ["day"], ["week"], ["month"], ["year"]: return duration("1", words[0])
        case _ where words.count == 2: return duration(words[0], words[1])
        case _ where words.count == 1: return days(words[0]) + ofOneWord(words[0])
        default: return []
        }
    }

    private static func day(_ number: Int) -> String { CalendarDay(daysSince1970: number).description }

    private static let units = [("day", 1), ("week", 7), ("month", 30), ("year", 365)]

    /// `2 weeks`
    private static func duration(_ number: String, _ unit: String) -> [String] {
        guard let count = Int(number), (1...10_000).contains(count),
            let days = units.first(where: { unit == $0.0 || unit == "\($0.0)s" })?.1
        else { return [] }
        return ["\(count * days)d"]
    }

    /// `2w`
    private static func ofOneWord(_ word: String) -> [String] {
        guard let letter = word.last, let unit = units.first(where: { $0.0.first == letter }) else { return [] }
        return duration(String(word.dropLast()), unit.0)
    }

    /// Three numbers, in whatever order people write them.
    private static func days(_ text: String) -> [String] {
        var parts = text.split(whereSeparator: { "./-".contains($0) }).map(String.init)
        if parts.count == 1, text.count == 8, text.allSatisfy(\.isASCII) {
            parts = [String(text.prefix(4)), String(text.dropFirst(4).prefix(2)), String(text.suffix(2))]
        }
        let numbers = parts.compactMap { Int($0) }
        guard parts.count == 3, numbers.count == 3 else { return [] }
        if parts[0].count == 4 { return written(numbers[0], numbers[1], numbers[2]) }
        guard parts[2].count == 4 else { return [] }
        let dayFirst = written(numbers[2], numbers[1], numbers[0])
        if text.contains(".") || numbers[0] == numbers[1] { return dayFirst }
        return (numbers[0] <= 12 ? written(numbers[2], numbers[0], numbers[1]) : [])
            + (numbers[1] <= 12 ? dayFirst : [])
    }

    /// The day, or the last one of its month if the month has no such day.
    private static func written(_ year: Int, _ month: Int, _ day: Int) -> [String] {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return [] }
        let last = min(day, CalendarDay.days(inMonth: month, of: year))
        return CalendarDay(year: year, month: month, day: last).map { [$0.description] } ?? []
    }
}

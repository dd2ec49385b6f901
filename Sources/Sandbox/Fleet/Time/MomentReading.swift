extension Moment {
    /// Reads `2026-11-02T00:00:00Z`, with or without a fraction.
    init?(rfc3339 text: String) {
        let characters = Array(text.utf8)
        guard characters.count >= 20, characters.last == UInt8(ascii: "Z"), characters[10] == UInt8(ascii: "T") else {
            return nil
        }
        func number(_ range: Range<Int>) -> Int? {
            guard characters[range].allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
            return Int(String(decoding: characters[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day), (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
        else { return nil }
        let fraction = characters[19..<(characters.count - 1)].dropFirst().prefix(3)
        guard let thousandths = fraction.isEmpty ? 0 : number(fraction.indices) else { return nil }
        let scale = [1, 100, 10, 1][fraction.count]
        let seconds = Int64(hour * 3600 + minute * 60 + second)
        milliseconds = Int64(CivilDate(year: year, month: month, day: day).dayNumber) * Self.day
        milliseconds += seconds * 1000 + Int64(thousandths * scale)
    }
}

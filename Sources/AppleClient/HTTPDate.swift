import Records

/// A time in the form of HTTP headers (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    static func timestamp(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ").map(String.init)
        guard
            words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            (1...9999).contains(year), let month = months.firstIndex(of: words[2]),
            let date = CalendarDay(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), clock[1...].allSatisfy({ (0...60).contains($0) }) else {
            return nil
        }
        return Timestamp(seconds: Int64(date.daysSince1970) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }
}

/// What Excel takes for something else than text when it opens a CSV file.
enum ExcelGuess {
    /// Whether a text would become a number, a date, a time, or a truth value: `1/2`, `00123`, `12 May`, `1E5`, `TRUE`.
    static func converts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard (1...longest).contains(text.count) else { return false }
        var hasDigit = false
        var words: [String] = []
        var word: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
                word.append(byte)
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case _ where marks.contains(byte): break
            default: return false
            }
            if !word.isEmpty { words.append(lowercased(word)) }
            word = []
        }
        if !word.isEmpty { words.append(lowercased(word)) }
        if words.count > 3 { return false }
        return hasDigit ? words.allSatisfy(dateWords.contains) : words.count == 1 && truths.contains(words[0])
    }

    /// Excel's formulas take no longer text.
    private static let longest = 255
    private static let marks = Set(" /-.,:%$()+'".utf8)
    private static let truths: Set = ["true", "false", "wahr", "falsch", "vrai", "faux"]
    /// Months in English and German, halves of the day, exponents, and signs of money.
    private static let dateWords: Set<String> = {
        let months = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember",
        ]
        return Set(months + months.map { String($0.prefix(3)) } + ["mrz", "sept", "am", "pm", "a", "p", "e", "€", "£"])
    }()

    private static func lowercased(_ word: [UInt8]) -> String { String(decoding: word, as: UTF8.self).lowercased() }
}

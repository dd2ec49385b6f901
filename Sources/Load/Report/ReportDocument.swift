/// What a report says, whatever shows it: a page or a mail.
package struct ReportDocument: Sendable {
    /// Numbers by name, each with a bar; several series make one bar.
    package struct Bars: Sendable {
        package let caption: String
        package let name: String
        package let series: [String]
        package let rows: [(name: String, counts: [Int])]
        /// The number that all rows are a share of; nil if the sums are no shares.
        package let whole: Int?

        init(
            _ caption: String,
            _ name: String,
            series: [String] = ["Devices"],
            _ rows: [(name: String, counts: [Int])],
            of whole: Int? = nil
        ) {
            self.caption = caption
            self.name = name
            self.series = series
            self.rows = rows
            self.whole = whole
        }
    }

    package struct Table: Sendable {
        package let caption: String
        package let header: [String]
        /// Positions of columns with numbers.
        package let numbers: Set<Int>
        package let rows: [[String]]

        init(_ caption: String, _ header: [String], numbers: Set<Int> = [], _ rows: [[String]]) {
            self.caption = caption
            self.header = header
            self.numbers = numbers
            self.rows = rows
        }
    }

    /// Runs, oldest first.
    package struct Strip: Sendable {
        enum Outcome: String { case done, partial, failed, other }

        let caption: String
        let runs: [(name: String, outcome: Outcome)]
    }

    package enum Part: Sendable {
        case note(String)
        case bars(Bars)
        case table(Table)
        case strip(Strip)
    }

    package struct Section: Sendable {
        package let title: String
        package let parts: [Part]
    }

    package let title: String
    package let subtitles: [String]
    package let sections: [Section]
    let marks: ReportMarks
}

extension ReportDocument {
    /// A number as people read it: `12,345`.
    package static func number(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// A share as people read it: `45.3 %`, rounded down, and never 0 or 100 for a part.
    package static func share(_ part: Int, of whole: Int) -> String {
        if whole == 0 { return "" }
        let tenths = part * 1000 / whole
        if part > 0, tenths == 0 { return "< 0.1%" }
        return "\(tenths / 10).\(tenths % 10)%"
    }
}

/// Which changes a report counts, for each source. It is in the page, so that the next one knows where to go on.
struct ReportMarks: Sendable, Equatable {
    struct Mark: Sendable, Equatable {
        /// The numbers of the changes: those after the first, up to the second.
        let after, last: Int64
        /// The day since when, and whether that is the day of an earlier report.
        let since: Int32
        let isOfReport: Bool
        /// The day of the report. Not its moment: a second report of the day has the same bytes.
        let day: Int32
    }

    private(set) var bySource: [String: Mark] = [:]

    init() {}

    subscript(source: String) -> Mark? {
        get { bySource[source] }
        set { bySource[source] = newValue }
    }

    private static let name = "axport-changes"

    /// Elements for the head of a page.
    var elements: [String] {
        bySource.sorted { $0.key < $1.key }.map { source, mark in
            let numbers = [mark.after, mark.last, Int64(mark.since), mark.isOfReport ? 1 : 0, Int64(mark.day)]
            let content = (numbers.map { String($0) } + [source]).joined(separator: " ")
            return #"<meta name="\#(Self.name)" content="\#(content.escapedForHTML)">"#
        }
    }

    /// Reads them from an earlier page; what cannot be read is not there.
    init(of page: String) {
        let beginning = #"<meta name="\#(Self.name)" content=""#
        for line in page.split(separator: "\n") where line.hasPrefix(beginning) && line.hasSuffix(#"">"#) {
            let content = String(line.dropFirst(beginning.count).dropLast(2)).unescapedFromHTML
            let words = content.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
            let numbers = words.prefix(5).compactMap { Int64($0) }
            guard words.count == 6, numbers.count == 5, numbers[0] <= numbers[1],
                let since = Int32(exactly: numbers[2]), let day = Int32(exactly: numbers[4])
            else { continue }
            bySource[String(words[5])] = Mark(
                after: numbers[0],
                last: numbers[1],
                since: since,
                isOfReport: numbers[3] == 1,
                day: day
            )
        }
    }

    /// What the next report counts: what came after the earlier one, or the same again if nothing came.
    ///
    /// - Parameters:
    ///   - last: the number of the latest change.
    ///   - today: the day of the report.
    func next(_ source: String, last: Int64, today: Int32) -> Mark? {
        guard let before = bySource[source], before.last <= last else { return nil }
        if before.last == last {
            return Mark(after: before.after, last: last, since: before.since, isOfReport: before.isOfReport, day: today)
        }
        return Mark(after: before.last, last: last, since: before.day, isOfReport: true, day: today)
    }
}

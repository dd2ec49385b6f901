import Testing

@testable import Load

/// Where a report begins to count changes.
@Suite struct ReportMarksTests {
    private typealias Mark = ReportMarks.Mark

    private func marks(_ names: String...) -> ReportMarks {
        var marks = ReportMarks()
        for (place, name) in names.enumerated() {
            marks[name] = Mark(after: 10, last: 20 + Int64(place), since: 100, isOfReport: false, day: 107)
        }
        return marks
    }

    @Test func aPageTellsTheNextOne() {
        let known = marks("acme", "a b & \"c\" <d> 'e'", "")
        let page = "<head>\n\(known.elements.joined(separator: "\n"))\n</head>"
        #expect(ReportMarks(of: page) == known)
    }

    @Test func whatIsNoMarkIsNotRead() {
        let element = marks("acme").elements[0]
        for (old, new) in [("10 20", "20 10"), ("10 20", "10"), ("10 20", "a 20"), (#"">"#, #"" x>"#)] {
            #expect(ReportMarks(of: element.replacing(old, with: new)).bySource.isEmpty, "\(new)")
        }
        #expect(ReportMarks(of: "").bySource.isEmpty)
    }

    @Test func withoutNewChangesTheSameOnesAreShownAgain() {
        let next = marks("acme").next("acme", last: 20, today: 108)
        #expect(next == Mark(after: 10, last: 20, since: 100, isOfReport: false, day: 108))
    }

    @Test func newChangesAreThoseAfterTheReport() {
        let next = marks("acme").next("acme", last: 25, today: 108)
        #expect(next == Mark(after: 20, last: 25, since: 107, isOfReport: true, day: 108))
    }

    @Test func anotherInventoryOrSourceBeginsAnew() {
        #expect(marks("acme").next("acme", last: 19, today: 108) == nil)
        #expect(marks("acme").next("best", last: 25, today: 108) == nil)
    }
}

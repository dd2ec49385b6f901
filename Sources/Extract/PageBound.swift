/// How many pages of a list are read before it counts as endless.
package struct PageBound: Sendable, Hashable {
    let most: Int
    /// Pages of the last complete list; nil if unknown.
    private let last: Int?

    private static let (fewest, largest) = (100, 10_000)

    package init(after last: Int?) {
        self.last = last
        most =
            last.map { max(Self.fewest, min(Self.largest, $0.multipliedReportingOverflow(by: 3).partialValue)) }
            ?? Self.largest
    }

    /// For a list of one page.
    static let small = PageBound(after: 1)

    var meaning: String {
        "the list does not end: it continues after \(most) pages"
            + (last.map { ", and the last complete one had \($0)" } ?? "")
    }
}

/// Apple's coverage records of one device each.
enum RecipeCoverage {
    static let none = "[]"
    static let care = care(until: "2028-01-15")
    /// A subscription that never ends.
    static let openEnded = list(record("C", "AppleCare+", #""status":"ACTIVE","isRenewable":true"#))
    /// Apple sends no description, so nobody can say what it is.
    static let nameless = list(record("N", nil, #""status":"ACTIVE","endDateTime":"2028-01-01T00:00:00Z""#))
    /// It begins later.
    static let ofTomorrow = list(
        record(
            "T",
            "AppleCare+",
            #""status":"ACTIVE","startDateTime":"2027-01-01T00:00:00Z","endDateTime":"2029-01-01T00:00:00Z""#
        )
    )
    static let canceledThenBought = list(
        record("X", "AppleCare+", cancellation("2026-03-01")),
        record("C", "AppleCare+", #""status":"ACTIVE","endDateTime":"2028-01-15T00:00:00Z""#)
    )

    static func care(until day: String, status: String = "ACTIVE") -> String {
        list(
            record("C", "AppleCare+", #""status":"\#(status)","endDateTime":"\#(day)T00:00:00Z""#),
            record("W", "Limited Warranty", #""status":"INACTIVE","endDateTime":"2026-01-15T00:00:00Z""#)
        )
    }

    static func warranty(until day: String) -> String {
        list(record("W", "Limited Warranty", #""status":"ACTIVE","endDateTime":"\#(day)T00:00:00Z""#))
    }

    static func canceled(at day: String?) -> String { list(record("X", "AppleCare+", cancellation(day))) }

    private static func cancellation(_ day: String?) -> String {
        let moment = day.map { #""\#($0)T00:00:00Z""# } ?? "null"
        return
            #""status":"ACTIVE","endDateTime":"2027-06-01T00:00:00Z","isCanceled":true,"contractCancelDateTime":\#(moment)"#
    }

    private static func record(_ id: String, _ plan: String?, _ members: String) -> String {
        let description = plan.map { #""description":"\#($0)","# } ?? ""
        return #"{"type":"appleCareCoverage","id":"\#(id)","attributes":{\#(description)\#(members)}}"#
    }

    private static func list(_ records: String...) -> String { "[\(records.joined(separator: ","))]" }
}

import Records
import Stages

/// Prevents large removals: devices rarely leave in large numbers, and lists are rarely empty.
struct RemovalGuard: Sendable {
    let most: Percentage
    /// This many rows may always be removed: in a short list, one row is a large share.
    let allowance: Int

    static let usual = Percentage(percent: 5)
    static let usualAllowance = 10

    func refuses(removing count: Int, of total: Int) -> Bool {
        count > allowance && most.isExceeded(by: count, of: total)
    }

    /// Of how many rows so many may be removed; nil if that is never allowed.
    func leastTotal(allowing count: Int) -> Int? {
        let least = (Double(count) * 100 / most.percent).rounded(.up)
        return Int(exactly: least).flatMap { refuses(removing: count, of: $0) ? nil : $0 }
    }

    /// Whether the list may not become empty. Only 100% allows that.
    var refusesEmpty: Bool { most.percent < 100 }

    /// `--limit` reads only a part of a list: it must not replace the list.
    static func refuse(partOf place: String) -> Failure {
        Failure(
            .badData,
            "--limit reads only some of the devices, so \(place) would lose the others; nothing was changed",
            advice: "run without --limit, or try it with `axport preview`"
        )
    }

    /// Refuses to publish a new list if its last version is elsewhere, because the two could not be compared.
    ///
    /// - Parameter before: the number of rows in that version, if known.
    func refuse(_ place: String, without left: LeftBehind, rows before: Int = 0) -> Failure {
        Failure(
            .badData,
            "refused to publish \(place) without comparing it with its last version; \(left.message)",
            advice: left.hint,
            refusal: refusal(before, of: before)
        )
    }

    func refusal(_ count: Int, of total: Int) -> Refusal { Refusal(count, of: total, limit: "\(most)") }

    static let advice = "if these devices really left, raise max_removed for one run"
}

import Records
import Stages

/// Keeps a load from taking away much at once: devices rarely leave in crowds, and lists rarely empty.
struct RemovalGuard: Sendable {
    let most: Percentage
    /// This many rows may always go: in a short list, one row is a large share.
    let allowance: Int

    static let usual = Percentage(percent: 5)
    static let usualAllowance = 10

    func refuses(removing count: Int, of total: Int) -> Bool {
        count > allowance && most.isExceeded(by: count, of: total)
    }

    /// Whether nothing may remain; all of it has to be allowed by name.
    var refusesEmpty: Bool { most.percent < 100 }

    /// A list must not be replaced by the part of it that `--limit` reads.
    static func refuse(partOf place: String) -> Failure {
        Failure(
            .badData,
            "--limit reads only some of the devices, so \(place) would lose the others; nothing was changed",
            advice: "run without --limit, or try it with `axport preview`"
        )
    }

    /// A list must not be published anew while its last version, with which it is compared, lies elsewhere.
    ///
    /// - Parameter before: how many rows that version has, if it is known.
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

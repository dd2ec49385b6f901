import Records
import Transform

/// How a device is covered at one moment.
struct CoverageState {
    enum Rank: Int, Comparable {
        case none, limitedWarranty, applecare

        init(_ summary: CoverageSummary) {
            guard summary.isActive, let primary = summary.primary else {
                self = .none
                return
            }
            self = primary.planClass == .limitedWarranty ? .limitedWarranty : .applecare
        }

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var rank = Rank.none
    private var plan: String?
    private var end: String?
    private var agreement: String?
    private var payment: String?

    /// - Parameter answer: Apple's; nil if there is none.
    init(_ answer: [UInt8]?, at moment: Timestamp, reading list: inout CoverageList) throws {
        guard let answer else { return }
        try list.read(answer.span)
        let summary = list.summary(at: moment, orderedOn: nil)
        end = summary.isOpenEnded ? "open-ended" : summary.end.map { CalendarDay(daysSince1970: Int($0)).description }
        rank = Rank(summary)
        guard rank != .none, let primary = summary.primary else { return }
        plan = list.string(primary.description)
        agreement = list.string(primary.agreementNumber)
        payment = list.string(primary.paymentType)
    }

    /// The columns of the transform `applecare`, with their values.
    var columns: [(name: String, value: String?)] {
        [("coverage_plan", plan), ("coverage_end", end), ("agreement_number", agreement), ("payment_type", payment)]
    }

    /// The columns that say what coverage was got or lost.
    static let essential: Set = ["coverage_plan", "coverage_end"]

    /// What a change to this state is for people.
    func kind(after earlier: CoverageState) -> Difference.Kind {
        if rank == earlier.rank { return .changed }
        return rank > earlier.rank ? .gotCoverage : .lostCoverage
    }
}

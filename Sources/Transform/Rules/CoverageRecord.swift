import Records

/// The parts of Apple's AppleCare coverage record that flattening uses (Rules/README.md section 8). Its texts are in
/// the bytes of its ``CoverageList``.
package struct CoverageRecord: Sendable {
    /// In the order of preference for the device's primary record.
    package enum PlanClass: String, Sendable, Comparable {
        case applecare
        case unknown
        case limitedWarranty = "limited_warranty"

        private var rank: Int {
            switch self {
            case .applecare: 0
            case .unknown: 1
            case .limitedWarranty: 2
            }
        }
        package static func < (left: PlanClass, right: PlanClass) -> Bool { left.rank < right.rank }
    }

    package internal(set) var id: TextRange?
    package internal(set) var description: TextRange?
    package internal(set) var agreementNumber: TextRange?
    package internal(set) var paymentType: TextRange?
    package internal(set) var planClass = PlanClass.unknown
    /// Whether the status is exactly `ACTIVE`; undocumented words count as unknown.
    var isActive = false
    var isCanceled = false
    var start: Timestamp?
    var end: Timestamp?
    var cancellation: Timestamp?
    /// An unreadable date must not count as "without end".
    var hasUnreadableDate = false

    /// The earlier of end and cancellation, even if the record does not say that it is canceled (step 3).
    var effectiveEnd: Timestamp? {
        guard let end, let cancellation else { return end ?? cancellation }
        return min(end, cancellation)
    }

    func hasStarted(by moment: Timestamp) -> Bool { start.map { $0 <= moment } ?? true }

    /// Half-open: coverage does not include the moment of its end (step 4).
    func isEffective(at moment: Timestamp) -> Bool {
        isActive && !hasUnreadableDate
            && !(isCanceled && cancellation == nil)
            && hasStarted(by: moment)
            && effectiveEnd.map { moment < $0 } ?? true
    }
}

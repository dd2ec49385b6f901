import Records
import Stages

/// The maximum of rejected values for a run to load anything: a number, or a share of the rows read.
package enum RejectLimit: Sendable, Hashable, CustomStringConvertible {
    case values(Int)
    case share(Percentage)

    /// Reads `100` or `2.5%`; nil if it is neither.
    package init?(_ text: String) {
        if let number = Int(text), number >= 0 {
            self = .values(number)
        } else if text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number) {
            self = .share(Percentage(percent: number))
        } else {
            return nil
        }
    }

    func isExceeded(by refused: Int, ofRows rows: Int) -> Bool {
        switch self {
        case .values(let most): refused > most
        case .share(let most): most.isExceeded(by: refused, of: rows)
        }
    }

    package var description: String {
        switch self {
        case .values(let number): "\(number)"
        case .share(let share): "\(share) of the rows"
        }
    }
}

/// What it means when Apple denies one device after another: that it denies these devices, or the account.
///
/// Of the account it is only where none was answered in this run, and a device that was answered before, where there is
/// one, is denied as well.
struct Denials {
    enum Meaning {
        /// It concerns this device only.
        case device
        /// A device that was answered before has to be asked.
        case unclear
        case account
    }

    /// More than this in a row cannot be chance.
    static let limit = 20
    private var inARow = 0
    private var hasAnswered = false

    mutating func noteAnswer() { (hasAnswered, inARow) = (true, 0) }

    /// The device that was answered before gave neither an answer nor a denial.
    mutating func noteNothing() { inARow = 0 }

    /// - Parameter wasAnswered: whether it is the device that ``Meaning/unclear`` asked for.
    mutating func note(wasAnswered: Bool = false) -> Meaning {
        if hasAnswered { return .device }
        if wasAnswered { return .account }
        inARow += 1
        return inARow == Self.limit ? .unclear : .device
    }
}

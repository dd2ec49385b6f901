/// Decides whether repeated denials are about single devices or about the account.
///
/// They are about the account only if Apple answered for no device in this run and also denies a device that it
/// answered for before, if one exists.
struct Denials {
    enum Meaning {
        /// The denial is about this device only.
        case device
        /// A device that Apple answered for before must be asked about.
        case unclear
        case account
    }

    /// This many in a row cannot be chance.
    static let limit = 20
    private var inARow = 0
    private var hasAnswered = false

    mutating func noteAnswer() { (hasAnswered, inARow) = (true, 0) }

    /// The device that Apple answered for before got neither an answer nor a denial.
    mutating func noteNothing() { inARow = 0 }

    /// - Parameter wasAnswered: whether it is the device that ``Meaning/unclear`` asks for.
    mutating func note(wasAnswered: Bool = false) -> Meaning {
        if hasAnswered { return .device }
        if wasAnswered { return .account }
        inARow += 1
        return inARow == Self.limit ? .unclear : .device
    }
}

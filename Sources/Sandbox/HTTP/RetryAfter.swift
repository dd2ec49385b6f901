/// The header with the time of the next attempt.
enum RetryAfter {
    static func text(seconds: Int, _ form: SandboxSwitches.RetryAfter) -> String? {
        switch form {
        case .seconds: "\(seconds)"
        case .date: Moment(milliseconds: WallClock.now.milliseconds + Int64(seconds) * 1000).httpDate
        case .absent: nil
        }
    }
}

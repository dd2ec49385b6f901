import Records

/// What a scheduler does after a run with an exit code.
enum AfterExit: Equatable {
    /// Nothing until the next scheduled run.
    case succeeded
    /// Runs again a little later: the cause may be temporary.
    case again
    /// Notifies a person: only a person can fix the cause.
    case failed

    init(_ code: Outcome) {
        self =
            switch code {
            case .done, .locked: .succeeded
            case .sourceUnavailable, .destinationFailed: .again
            case .partial, .usage, .badData, .credentialsRefused, .pipelineInvalid, .interrupted: .failed
            }
    }

    /// The exit codes after which the scheduler does not retry.
    static var notAgain: [Outcome] { Outcome.allCases.filter { $0 != .done && AfterExit($0) != .again } }
}

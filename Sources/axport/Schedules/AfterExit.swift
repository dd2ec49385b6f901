import Records

/// What a scheduler does after a run with an exit code.
enum AfterExit: Equatable {
    /// Nothing until the next night.
    case succeeded
    /// The same again a little later: time may mend it.
    case again
    /// Somebody is told: only a person can mend it.
    case failed

    init(_ code: Outcome) {
        self =
            switch code {
            case .done, .locked: .succeeded
            case .sourceUnavailable, .destinationFailed: .again
            case .partial, .usage, .badData, .credentialsRefused, .pipelineInvalid, .interrupted: .failed
            }
    }

    /// The codes after which a run does not start again by itself.
    static var notAgain: [Outcome] { Outcome.allCases.filter { $0 != .done && AfterExit($0) != .again } }
}

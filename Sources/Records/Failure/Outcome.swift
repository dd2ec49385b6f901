/// The exit code of the process, after sysexits(3), so that schedulers can act on it.
package enum Outcome: Int32, Sendable, CaseIterable {
    case done = 0
    case partial = 3
    case usage = 64
    case badData = 65
    case sourceUnavailable = 69
    case destinationFailed = 73
    case locked = 75
    case credentialsRefused = 77
    case pipelineInvalid = 78
    case interrupted = 130

    package var meaning: String {
        switch self {
        case .done: "all done"
        case .partial:
            "partial: some data is unknown, too many values were rejected, or one of several loads or sources failed"
        case .usage: "the command line or the environment is wrong"
        case .badData: "bad data: refused by a guard, or unusable"
        case .sourceUnavailable: "Apple's API cannot be reached or does not answer"
        case .destinationFailed: "a destination failed"
        case .locked: "locked by another run, or out of time with nothing new to load"
        case .credentialsRefused: "Apple denied the credentials"
        case .pipelineInvalid: "the pipeline file is invalid"
        case .interrupted: "interrupted"
        }
    }
}

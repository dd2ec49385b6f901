import Records

extension Failure {
    package static let interrupted = Failure(
        .interrupted,
        "interrupted",
        advice: "run again; what was read is kept"
    )

    /// The failure that an error means for the person who runs axport.
    package init(of error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as APIError: self = error.failure
        case is CancellationError: self = .interrupted
        case let error as JSONError: self.init(.sourceUnavailable, "Apple's answer cannot be read: \(error)")
        case let error as PlanError: self.init(error.code, error.diagnostics.map(\.description).joined(separator: "; "))
        default: self.init(.destinationFailed, "\(error)")
        }
    }
}

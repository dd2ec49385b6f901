import Stages

/// Every extract stage, in the order of the reference.
package enum Extractors {
    package static let all: [StageSpec<any Extractor>] = [
        Devices.spec,
        Servers.spec,
        Assignments.spec,
        Coverage.spec,
        ActivationLock.spec,
        Details.spec,
    ]
}

import Stages

/// Every extract stage, in the order the reference lists them.
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

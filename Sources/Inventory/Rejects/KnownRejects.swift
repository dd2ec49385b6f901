import Records

/// The rows in which earlier runs of a pipeline rejected a value. A run needs to remember a judgment only about them.
package struct KnownRejects: Sendable {
    package static let none = KnownRejects()

    private var serials: [Judge: Set<String>] = [:]

    /// Serial numbers of the rows in which the stage rejected a value; the empty one is that of rows without any.
    package func serials(of judge: Judge) -> Set<String> { serials[judge] ?? [] }

    mutating func insert(_ serial: String, _ judge: Judge) { serials[judge, default: []].insert(serial) }
}

extension Dataset {
    /// The stages that reject a value as soon as it is read, because it does not fit its column.
    package var readingStages: [String] {
        switch self {
        case .devices: ["devices", "assignments"]
        case .coverage: ["coverage"]
        case .servers: ["servers"]
        case .changes, .rejects, .runs, .assignmentsLog: []
        }
    }
}

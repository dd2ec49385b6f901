import Records

/// What an examination of a load's destination found. It writes nothing there.
package struct Examination: Sendable {
    package enum Verdict: Sendable {
        case ready
        /// A fault that no retry mends, such as a refused password or a missing right.
        case lasting(Failure)
        /// A fault that may be over at the load's turn, such as a lock or a server that is away.
        case passing(Failure)
    }

    package let verdict: Verdict
    /// What was found, in short lines.
    package let facts: [String]
    /// What a person should know although the load can be made.
    package let notes: [String]

    package init(_ verdict: Verdict = .ready, facts: [String] = [], notes: [String] = []) {
        self.verdict = verdict
        self.facts = facts
        self.notes = notes
    }

    /// - Parameter error: why the destination cannot be loaded. If it is temporary, it may pass.
    package init(failing error: any Error, facts: [String] = [], notes: [String] = []) {
        let failure = Failure(of: error)
        let mayPass = failure.isTransient || [.locked, .interrupted].contains(failure.code)
        self.init(mayPass ? .passing(failure) : .lasting(failure), facts: facts, notes: notes)
    }

    /// Nil if the destination is ready.
    package var failure: Failure? {
        switch verdict {
        case .ready: nil
        case .lasting(let failure), .passing(let failure): failure
        }
    }

    package var isLasting: Bool { if case .lasting = verdict { true } else { false } }
}

/// What one examination leaves open for the next one of the same place, such as a connection.
package protocol OpenPlace: Sendable {
    func close() async
}

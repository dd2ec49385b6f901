import Pipeline
import Records
import Stages

/// The destinations of a file's loads. Nothing is written to them.
struct DestinationFindings {
    let plans: [Plan]
    let order: Doctor

    /// A destination that several sources share is examined once.
    func all() async throws -> [Finding] {
        var findings: [Finding] = []
        var known: Set<String> = []
        let unreachable = KnownPlaces()
        for plan in plans {
            let examined = await plan.examineLoads(at: order.now, unreachable) { load, destination in
                let subject = "\(load.origin.stage) \(destination)"
                // The place may include a password.
                guard known.insert("\(subject) \(load.loader.place ?? "")").inserted else { return false }
                if order.isOffline, load.loader.place != nil {
                    findings.append(.notAsked([subject], "--offline"))
                    return false
                }
                return true
            }
            try Task.checkCancellation()
            findings += examined.flatMap(Self.findings)
        }
        return findings.byCause
    }

    private static func findings(_ load: ExaminedLoad) -> [Finding] {
        let subject = "\(load.origin.stage) \(load.destination)"
        let examination = load.examination
        let notes = examination.notes.map { Finding.doubtful(subject, $0) }
        if let failure = examination.failure { return [.fails(subject, failure)] + notes }
        if examination.facts.isEmpty { return notes.isEmpty ? [.notAsked([subject], "it cannot be examined")] : notes }
        return [.works(subject, examination.facts.joined(separator: ", "))] + notes
    }
}

import Records
import Stages

/// A load and the state of its destination.
package struct ExaminedLoad: Sendable {
    package let origin: Origin
    /// The destination, as reports name it.
    package let destination: String
    package let examination: Examination

    /// The load as it would be reported if the fault stayed; nil if its destination is ready.
    var foreseen: StageReport? {
        examination.failure.map {
            StageReport(
                kind: .load,
                name: origin.stage,
                destination: destination,
                status: .failed,
                counts: StageCounts(),
                failure: $0
            )
        }
    }
}

extension Plan {
    /// Examines the destinations of loads, and writes nothing. Loads that share a place share its connection.
    ///
    /// - Parameters:
    ///   - known: what was found at their places a moment ago.
    ///   - isWanted: gets a load and the name of its destination.
    package func examineLoads(
        at now: Timestamp,
        _ known: KnownPlaces = KnownPlaces(),
        where isWanted: (LoadPlan, String) -> Bool = { _, _ in true }
    ) async -> [ExaminedLoad] {
        // Not of a part of the rows: what a whole run meets counts.
        let context = context(of: Self.runID(now), startedAt: now)
        var open: [String: any OpenPlace] = [:]
        var examined: [ExaminedLoad] = []
        for load in loads {
            let destination = context.filled(load.destination)
            guard isWanted(load, destination) else { continue }
            let place = load.loader.place
            let found: Examination
            if let place {
                let shared = "\(place)\n\(destination)\n\(load.origin.location)"
                found = await known.finding(shared, at: place) {
                    await load.loader.examine(load.output, context, through: &open[place])
                }
            } else {
                var kept: (any OpenPlace)?
                found = await load.loader.examine(load.output, context, through: &kept)
                await kept?.close()
            }
            examined.append(
                ExaminedLoad(
                    origin: load.origin,
                    destination: destination,
                    examination: found.hiding(context.secrets)
                )
            )
        }
        for place in open.values { await place.close() }
        return examined
    }
}

extension Examination {
    /// The same without secrets that may have slipped into it.
    fileprivate func hiding(_ secrets: Secrets) -> Examination {
        let verdict: Verdict =
            switch verdict {
            case .ready: .ready
            case .lasting(let failure): .lasting(failure.hiding(secrets))
            case .passing(let failure): .passing(failure.hiding(secrets))
            }
        return Examination(
            verdict,
            facts: facts.map(secrets.hiddenRuns),
            notes: notes.map(secrets.hiddenRuns)
        )
    }
}

import Inventory
import Pipeline
import Records
import Stages

/// The moment since which an inventory is compared.
struct DiffStart {
    let place: HistoryPlace.Place
    let since: Timestamp
    /// The run that began then; nil if the moment is another one.
    let run: RunRecord?

    /// The inventories to compare, each once.
    static func all(_ text: String?, of place: HistoryPlace, now: Timestamp) throws -> [DiffStart] {
        let places = try place.inventories.filter { Inventory.exists(at: $0.path) }
        guard !places.isEmpty else {
            throw Failure(
                .usage,
                "nothing to compare in \(try place.description): no devices were read yet",
                advice: "`axport run` with a pipeline file reads them"
            )
        }
        guard let text, text != "last" else { return try sinceLastRuns(places, of: place) }
        if let since = Since(text) {
            let moment = since.moment(before: now)
            guard moment <= now else {
                throw Failure(.usage, "--since: \(RunTable.moment(moment)) (UTC) has not come yet")
            }
            return places.map { DiffStart(place: $0, since: moment, run: nil) }
        }
        let run = try named(text, of: place, now: now)
        var filter = RunFilter()
        filter.id = run.id
        // A run has one source.
        return try places.filter { try !Inventory.runs(at: $0.path, filter).isEmpty }
            .map { DiffStart(place: $0, since: run.startedAt, run: run) }
    }

    private static func named(_ text: String, of place: HistoryPlace, now: Timestamp) throws -> RunRecord {
        do {
            return try place.run(text)
        } catch let failure as Failure {
            if DateGuess.guesses(for: text, now: now).isEmpty {
                throw Failure(failure.code, "--since: \(failure.message)", advice: failure.advice)
            }
            throw Since.refusal(text, "a day, a duration, or a run", now: now)
        }
    }

    private static func sinceLastRuns(_ places: [HistoryPlace.Place], of place: HistoryPlace) throws -> [DiffStart] {
        let starts = try places.compactMap { place in
            try lastRun(of: place).map { DiffStart(place: place, since: $0.startedAt, run: $0) }
        }
        guard starts.isEmpty else { return starts }
        throw Failure(
            .usage,
            "no run in \(try place.description) has asked Apple and finished: there is nothing to compare with",
            advice: "`axport runs` shows what became of them"
        )
    }

    /// The last run that brought the inventory up to date: of the pipeline, or of any.
    private static func lastRun(of place: HistoryPlace.Place) throws -> RunRecord? {
        var filter = RunFilter(limit: 1)
        filter.onlyUpdating = true
        filter.pipeline = place.pipeline
        if let run = try Inventory.runs(at: place.path, filter).first { return run }
        filter.pipeline = nil
        return try Inventory.runs(at: place.path, filter).first
    }
}

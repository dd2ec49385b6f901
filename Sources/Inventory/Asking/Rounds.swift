import GRDB
import Records

/// The work that a run sets out to do. A run that was killed or failed leaves its round open, and the next run
/// continues it: it does not read finished lists again.
package struct Round: Sendable, Hashable {
    /// Always increasing, because clocks can be set back. Identifies what a round has read.
    package let number: Int64
    package let beganAt: Timestamp
}

/// A part that a round reads once.
package enum RoundPart: String, Sendable {
    case devices = "listed_in"
    case events = "heard_in"
    case services = "servers_read_in"
    case assignments = "assigned_in"

    /// Number of the latest round that read the part.
    var round: Meta<Int64> { Meta(rawValue) }
}

extension Inventory {
    /// Long enough for a first run that is stopped several times, short enough that the next night lists again.
    private static let roundLasts: Int64 = 6 * 3600

    /// The round of a run that starts now: the open one, or a new one.
    package func round(at now: Timestamp) throws -> Round {
        try pool.write { db in
            if let open = try Self.openRound(db, at: now) { return open }
            let latest = try Meta.round.get(db) ?? 0
            let round = Round(number: (0..<Int64.max).contains(latest) ? latest + 1 : 1, beganAt: now)
            try Meta.round.set(round.number, db)
            try Meta.roundBeganAt.set(now, db)
            return round
        }
    }

    /// The open round; nil if none is open.
    package func openRound(at now: Timestamp) throws -> Round? { try pool.read { try Self.openRound($0, at: now) } }

    private static func openRound(_ db: Database, at now: Timestamp) throws -> Round? {
        guard let number = try Meta.round.get(db), let began = try Meta.roundBeganAt.get(db),
            began.isBelievable(at: now), now.microseconds - began.microseconds < roundLasts * 1_000_000
        else { return nil }
        return Round(number: number, beganAt: began)
    }

    /// Whether this round has finished a part.
    package func isDone(_ part: RoundPart, in round: Round) throws -> Bool {
        try pool.read { try part.round.get($0) == round.number }
    }

    /// Records that the open round has finished a part.
    static func finish(_ part: RoundPart, _ db: Database) throws {
        if let round = try Meta.round.get(db) { try part.round.set(round, db) }
    }

    /// Records that the run has finished everything it set out to do.
    package func endRound(at now: Timestamp) throws {
        try pool.write { db in
            try Meta.roundBeganAt.clear(db)
            try Meta.servedAt.set(now, db)
        }
    }

    /// Leaves the open round unfinished, so that the next run reads all lists anew.
    package func abandonRound() throws { try pool.write(Meta.roundBeganAt.clear) }

    /// When the latest run that finished everything began; nil if unknown or in the future.
    package static func lastServed(at path: String, asOf now: Timestamp) -> Timestamp? {
        guard exists(at: path) else { return nil }
        let served = try? readOnly(path).read(Meta.servedAt.get)
        return served.flatMap { $0.isBelievable(at: now) ? $0 : nil }
    }
}

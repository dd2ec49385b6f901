import PostgreSQL
import Records
import Stages
import Synchronization

/// A lease that this process has, and renews until ``end(served:)``.
package final class HeldLease: Lease {
    private enum State {
        /// Until this moment. `ContinuousClock` also runs while the machine or the process is stopped.
        case held(until: ContinuousClock.Instant)
        case lost(Failure)
    }
    let place: KeepingPlace
    let id: Int
    let fence: Int64
    let token: String
    let holder: String
    /// What a person should know about the database.
    package let notes: [String]
    private let state: Mutex<State>
    private let renewal = Mutex<Task<Void, Never>?>(nil)

    init(
        _ place: KeepingPlace,
        id: Int,
        fence: Int64,
        token: String,
        holder: String,
        since: ContinuousClock.Instant,
        notes: [String]
    ) {
        self.place = place
        self.id = id
        self.fence = fence
        self.token = token
        self.holder = holder
        self.notes = notes
        state = Mutex(.held(until: since + place.term))
        renewal.withLock { $0 = Task { await keepRenewing() } }
    }

    package func require() throws(Failure) {
        let failure = state.withLock { state -> Failure? in
            switch state {
            case .lost(let failure): return failure
            case .held(let end) where ContinuousClock.now < end: return nil
            case .held:
                let failure = overdue
                state = .lost(failure)
                return failure
            }
        }
        if let failure { throw failure }
    }

    package func confirm() async throws {
        try require()
        try await renew()
        try require()
    }

    package var row: LeaseRow {
        LeaseRow(
            place: """
                SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = 'axport_inventory' AND c.relname = 'lease' AND has_schema_privilege(n.oid, 'USAGE')
                    AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'UPDATE')
                """,
            lock: "SELECT 1 FROM axport_inventory.lease WHERE organization = $1 AND token = $2 FOR SHARE",
            values: [place.organization, token]
        )
    }

    /// Stops renewing, and gives the lease back.
    ///
    /// - Parameter pipeline: the one that needs no other run of the organization now; nil if it does.
    package func end(served pipeline: String?) async {
        let task = renewal.withLock { renewal in
            defer { renewal = nil }
            return renewal
        }
        task?.cancel()
        await task?.value
        let (place, id, token) = (place, id, token)
        // Also after an interruption. If the database is away, the lease ends by itself.
        let end = Task {
            _ = try? await place.inDatabase { database in
                try database.rows(
                    """
                    UPDATE axport_inventory.lease SET ends_at = clock_timestamp(),
                        served_at = CASE $3 WHEN '' THEN served_at ELSE clock_timestamp() END,
                        pipeline = coalesce(nullif($3, ''), pipeline)
                    WHERE id = $1::integer AND token = $2
                    """,
                    with: ["\(id)", token, pipeline ?? ""]
                )
            }
        }
        await end.value
    }

    private func renew() async throws {
        let asked = ContinuousClock.now
        let (id, token, term) = (id, token, place.term)
        let found = try await place.inDatabase { database in
            try database.rows(
                """
                WITH renewed AS (UPDATE axport_inventory.lease
                    SET ends_at = clock_timestamp() + make_interval(secs => $3::float8)
                    WHERE id = $1::integer AND token = $2 RETURNING 1)
                SELECT (SELECT count(*) FROM renewed), holder FROM axport_inventory.lease WHERE id = $1::integer
                """,
                with: ["\(id)", token, "\(term.components.seconds)"]
            )
        }
        let isOurs = found.first?[0] == "1"
        let failure = fenced(by: found.first?[1])
        state.withLock { state in
            switch state {
            case .lost: break
            case .held(let end): state = isOurs ? .held(until: max(end, asked + term)) : .lost(failure)
            }
        }
    }

    /// Several times a term, so that a short fault of the database costs nothing.
    private func keepRenewing() async {
        var isAnswered = true
        while (try? require()) != nil {
            try? await Task.sleep(for: isAnswered ? place.term / 4 : min(place.term / 10, .seconds(5)))
            if Task.isCancelled { return }
            do {
                try await renew()
                isAnswered = true
            } catch {
                isAnswered = false
            }
        }
    }

    private static let advice = "nothing of this run was loaded after that; run again"

    private var overdue: Failure {
        Failure(
            .locked,
            """
            the lease on this organization ended: it was not renewed for \(place.term.components.seconds) s, because this \
            process was stopped or could not reach the database of inventory.keep_in
            """,
            advice: Self.advice
        )
    }

    func fenced(by holder: String?) -> Failure {
        Failure(
            .locked,
            "the lease on this organization is lost: \(holder ?? "somebody") has taken it",
            advice: Self.advice
        )
    }
}

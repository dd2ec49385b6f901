import PostgreSQL
import Records
import Stages

/// The answer to a process that wants to run an organization.
package enum LeaseOffer: Sendable {
    case taken(HeldLease)
    /// Another process has the lease.
    case refused(Failure)
    /// Another process has run the organization since this command began.
    case served(String)
}

extension KeepingPlace {
    /// Takes the lease, if nobody has it.
    ///
    /// - Parameters:
    ///   - holder: this process, for others who want the lease.
    ///   - pipeline: the pipeline that runs.
    ///   - sinceBegin: the age of this command, if a run of the pipeline by somebody else since then is enough.
    package func takeLease(as holder: String, pipeline: String, sinceBegin: Duration?) async throws -> LeaseOffer {
        // Counted from before the request: the database's lease ends later than ours.
        let asked = ContinuousClock.now
        let token = Self.token()
        let (organization, term) = (organization, term.components.seconds)
        let age = sinceBegin.map { "\($0.components.seconds)" } ?? "-1"
        let (answer, readers) = try await inDatabase { database -> ([String?], [String]) in
            try KeepingTables.prepare(database)
            let taken = try database.rows(
                """
                INSERT INTO axport_inventory.lease AS l (organization, holder, token, fence, taken_at, ends_at)
                VALUES ($1, $2, $3, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => $4::float8))
                ON CONFLICT (organization) DO UPDATE SET holder = excluded.holder, token = excluded.token,
                    fence = l.fence + 1, taken_at = clock_timestamp(),
                    ends_at = clock_timestamp() + make_interval(secs => $4::float8)
                WHERE l.ends_at <= clock_timestamp()
                    AND ($5::float8 < 0 OR l.served_at IS NULL
                        OR l.pipeline IS DISTINCT FROM $6 OR l.served_at < clock_timestamp() - make_interval(secs => $5::float8))
                RETURNING id, fence
                """,
                with: [organization, holder, token, "\(term)", age, pipeline]
            )
            if let row = taken.first { return (["taken"] + row, try KeepingTables.readers(database)) }
            let other = try database.rows(
                """
                SELECT CASE WHEN ends_at > clock_timestamp() THEN 'held' ELSE 'served' END, holder, \(Self.utc("ends_at")),
                    \(Self.utc("coalesce(served_at, ends_at)"))
                FROM axport_inventory.lease WHERE organization = $1
                """,
                with: [organization]
            )
            return (other.first ?? ["held", nil, nil, nil], [])
        }
        switch answer[0] {
        case "taken":
            guard let id = answer[1].flatMap({ Int($0) }), let fence = answer[2].flatMap({ Int64($0) }) else {
                throw Failure(.destinationFailed, "inventory.keep_in: the lease has no number")
            }
            return .taken(
                HeldLease(
                    self,
                    id: id,
                    fence: fence,
                    token: token,
                    holder: holder,
                    since: asked,
                    notes: readers.map(Self.note)
                )
            )
        case "served":
            return .served("\(answer[1] ?? "another process") ran this organization until \(answer[3] ?? "now")")
        default:
            return .refused(
                Failure(
                    .locked,
                    """
                    this organization is being run by \(answer[1] ?? "another process"); its lease lasts until \
                    \(answer[2] ?? "its end"), unless it is renewed
                    """,
                    advice:
                        "wait for that run to end, as `--wait 1h` does; a killed one is taken over when its lease ends"
                )
            )
        }
    }

    private static func note(onReader role: String) -> String {
        """
        inventory.keep_in: \(role) can read the inventories in this database, which have IMEIs; to end that, run: \
        REVOKE ALL ON ALL TABLES IN SCHEMA axport_inventory FROM \(role);
        """
    }

    static func utc(_ time: String) -> String {
        "to_char(\(time) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    }

    private static func token() -> String {
        (0..<16).map { _ in UInt8.random(in: .min ... .max) }.hex
    }
}

import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Waits for a server that may never answer.
extension PostgresHandle {
    /// The last result of the sent statements, or the first error. The caller frees it.
    func lastResult() throws -> OpaquePointer? {
        var last: OpaquePointer?
        do {
            while true {
                try wait { PQisBusy(connection) == 0 }
                guard let next = PQgetResult(connection) else { return last }
                if let known = last, PQresultStatus(known) == PGRES_FATAL_ERROR {
                    PQclear(next)
                    continue
                }
                if let last { PQclear(last) }
                last = next
                // After this, the server sends nothing until it gets data.
                if PQresultStatus(next) == PGRES_COPY_IN { return next }
            }
        } catch {
            if let last { PQclear(last) }
            throw error
        }
    }

    /// Sends and receives until the condition is true. Ends when patience is over or a task interrupts. Also returns if
    /// the connection breaks: the next result then has the error.
    func wait(until isReady: () -> Bool) throws {
        let began = ContinuousClock.now
        var interrupted: ContinuousClock.Instant?
        while true {
            let isSending = PQflush(connection) == 1
            if isReady() { return }
            let socket = PQsocket(connection)
            guard socket >= 0 else { return }
            let events = isSending ? POLLIN | POLLOUT : POLLIN
            var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
            // Checks for an interruption this often.
            poll(&entry, 1, 200)
            if entry.revents != 0, entry.revents & Int16(POLLOUT) == 0 || entry.revents & Int16(POLLIN) != 0,
                PQconsumeInput(connection) == 0
            {
                return
            }
            let now = ContinuousClock.now
            if interrupt.isRaised, interrupted == nil { interrupted = now }
            if let patience, now - began > patience { throw givingUp(after: patience) }
            // The server was asked to cancel, which takes little time.
            if let interrupted, now - interrupted > .milliseconds(500) { throw givingUp(after: now - began) }
        }
    }

    private func givingUp(after time: Duration) -> PostgresError {
        isGivenUp = true
        return PostgresError(
            state: nil,
            "PostgreSQL did not answer for \(time.components.seconds) s",
            hint: "check the server; a pool such as PgBouncer needs a free connection for each load of a run"
        )
    }
}

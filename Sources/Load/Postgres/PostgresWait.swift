import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Waiting for a server that may never answer.
extension PostgresHandle {
    /// The last answer to what was sent, or the first one that is an error. The caller frees it.
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
                // Nothing more comes before there is data.
                if PQresultStatus(next) == PGRES_COPY_IN { return next }
            }
        } catch {
            if let last { PQclear(last) }
            throw error
        }
    }

    /// Sends and receives until something is true, for as long as patience lasts and nobody interrupts. Returns also
    /// when the connection breaks: the next answer tells why.
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
            // So often an interruption is looked for.
            poll(&entry, 1, 200)
            if entry.revents != 0, entry.revents & Int16(POLLOUT) == 0 || entry.revents & Int16(POLLIN) != 0,
                PQconsumeInput(connection) == 0
            {
                return
            }
            let now = ContinuousClock.now
            if interrupt.isRaised, interrupted == nil { interrupted = now }
            if let patience, now - began > patience { throw givingUp(after: patience) }
            // The server was asked to stop, and has little to do for that.
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

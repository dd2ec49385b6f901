import Foundation

/// A PostgreSQL server that belongs to this test process: its own folder, its own port on loopback, gone when the
/// process is.
package struct PostgresServer: Sendable {
    package let port: Int
    /// Holds the data and the server's socket.
    package let folder: String
    private let programs: String
    var psql: String { "\(programs)/psql" }
    /// The server lives until the other end of this pipe is closed, however the process ends.
    private let lifeline: Pipe
    /// Says to start the server again, once it is down.
    private let keeper: Process

    private static let start = Task { try PostgresServer() }

    /// The one server of this process.
    package static func shared() async throws -> PostgresServer { try await start.value }

    /// A new empty database for one test.
    package func freshDatabase() throws -> String {
        let name = "test_\(UUID().uuidString.replacing("-", with: "").lowercased().prefix(16))"
        _ = try query("CREATE DATABASE \(name)", database: url("postgres"))
        return url(name)
    }

    package func url(_ database: String, user: String = "postgres") -> String {
        "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
    }

    /// Rows as psql prints them; nil is NULL. Throws what psql complains about.
    package func query(
        _ sql: String,
        database url: String,
        options: String = "-c TimeZone=UTC -c client_min_messages=warning"
    ) throws -> [[String?]] {
        let (field, record, null) = ("\u{1F}", "\u{1E}", "\u{1D}")
        let arguments = ["-X", "-A", "-t", "-q", "-F", field, "-R", record, "-P", "null=\(null)"]
        let run = try Program.run(
            psql,
            arguments + ["-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
            environment: ["PGOPTIONS": options, "PGCLIENTENCODING": "UTF8"]
        )
        guard run.status == 0 else { throw PostgresServerError("psql: \(run.errors)") }
        let text = run.output.hasSuffix("\n") ? String(run.output.dropLast()) : run.output
        if text.isEmpty { return [] }
        return text.components(separatedBy: record).map { row in
            row.components(separatedBy: field).map { $0 == null ? nil : $0 }
        }
    }
}

extension PostgresServer {
    /// Ends the sessions of a program with a database and waits this many milliseconds. Returns a row `t` for each.
    @discardableResult
    package func endSessions(of program: String, database url: String, wait: Int = 0) throws -> [[String?]] {
        try query(
            """
            SELECT pg_terminate_backend(pid, \(wait)) FROM pg_stat_activity
            WHERE application_name = '\(program)' AND datname = current_database()
            """,
            database: url
        )
    }

    /// Runs a script as a DBA would, up to its first error.
    package func apply(_ script: String, database url: String) throws {
        let run = try Program.run("\(programs)/psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", script])
        guard run.status == 0 else { throw PostgresServerError("psql: \(run.errors)") }
    }

    /// Writes what a query gives to a CSV file, by PostgreSQL's own COPY.
    package func export(_ sql: String, database url: String, to file: String) throws {
        let run = try Program.run(
            psql,
            ["-X", "-q", "-d", url, "-c", "\\copy (\(sql)) to '\(file)' with (format csv, header)"],
            environment: ["PGCLIENTENCODING": "UTF8"]
        )
        guard run.status == 0 else { throw PostgresServerError("psql: \(run.errors)") }
    }
}

package struct PostgresServerError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

extension PostgresServer {
    /// A server of one test's own, that it may break.
    ///
    /// - Parameters:
    ///   - settings: as postgresql.conf has them.
    ///   - access: lines for the head of pg_hba.conf.
    package init(settings: [String] = [], access: [String] = []) throws {
        programs = try Self.findPrograms()
        folder = try Program.run("/bin/sh", ["-c", "mktemp -d /tmp/axport-postgres.XXXXXX"])
            .output.trimmingCharacters(in: .whitespacesAndNewlines)
        port = try Loopback.freePort()
        // The server refuses to run as root.
        let isRoot = geteuid() == 0
        let prefix = isRoot ? "runuser -u postgres --" : ""
        let script = """
            set -e
            \(isRoot ? "chown postgres '\(folder)'" : ":")
            cd '\(folder)'
            \(prefix) '\(programs)/initdb' -D '\(folder)/data' -U postgres -A trust -E UTF8 --locale=C --no-sync \
                >'\(folder)/initdb.log' 2>&1
            cat >>'\(folder)/data/postgresql.conf' <<'END'
            \(settings.joined(separator: "\n"))
            END
            cat - '\(folder)/data/pg_hba.conf' >'\(folder)/access' <<'END'
            \(access.joined(separator: "\n"))
            END
            cat '\(folder)/access' >'\(folder)/data/pg_hba.conf'
            serve() {
                # Fails for a moment after a crash, while the old processes end.
                for try in 1 2 3 4 5 6 7 8 9 10; do
                    status=0
                    \(prefix) '\(programs)/postgres' -D '\(folder)/data' -p \(port) -k '\(folder)' \
                        -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
                        >>'\(folder)/server.log' 2>&1 </dev/null || status=$?
                    if [ "$status" -ne 1 ]; then break; fi
                    sleep 0.3
                done
            }
            serve &
            server=$!
            trap '' HUP INT TERM
            while read -r again; do serve & server=$!; done
            kill -QUIT "$(head -n 1 '\(folder)/data/postmaster.pid')" || true
            wait "$server" || true
            rm -rf '\(folder)'
            """
        lifeline = Pipe()
        keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: "/bin/sh")
        keeper.arguments = ["-c", script]
        keeper.standardInput = lifeline
        keeper.standardOutput = FileHandle.nullDevice
        try keeper.run()
        try waitUntilReady()
    }

    /// The server's log so far.
    package var log: String {
        get throws { try String(contentsOfFile: "\(folder)/server.log", encoding: .utf8) }
    }

    /// Kills the server as a power cut would.
    package func crash() throws {
        let run = try Program.run("/bin/sh", ["-c", "kill -KILL $(head -n 1 '\(folder)/data/postmaster.pid')"])
        guard run.status == 0 else { throw PostgresServerError(run.errors) }
    }

    /// Begins to start the server again, and does not wait for it.
    package func startAgain() throws { try lifeline.fileHandleForWriting.write(contentsOf: Data("again\n".utf8)) }

    package func waitUntilReady() throws {
        for _ in 0..<600 {
            let ready = try Program.run("\(programs)/pg_isready", ["-q", "-h", "127.0.0.1", "-p", "\(port)"])
            if ready.status == 0 { return }
            guard keeper.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.1)
        }
        let logs = ["initdb.log", "server.log"].compactMap {
            try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }
        throw PostgresServerError("the test's PostgreSQL did not start:\n\(logs.joined(separator: "\n"))")
    }

    private static func findPrograms() throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        var folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        if let told = try? Program.run("/usr/bin/env", ["pg_config", "--bindir"]), told.status == 0 {
            folders.append(told.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        guard let found = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }) else {
            throw PostgresServerError(
                "no PostgreSQL server programs; run: apt-get install postgresql (macOS: brew install postgresql)"
            )
        }
        return found
    }
}

import Foundation

/// PgBouncer in transaction mode before a server; gone when the value is.
package final class PgBouncer: Sendable {
    private let bouncer: Int32
    private let folder: String
    private let server: PostgresServer
    package let port: Int

    package init(before server: PostgresServer, poolSize: Int) throws {
        self.server = server
        port = try Loopback.freePort()
        folder = try Program.run("/bin/sh", ["-c", "mktemp -d /tmp/axport-pgbouncer.XXXXXX"])
            .output.trimmingCharacters(in: .whitespacesAndNewlines)
        // With `auth_type = any` every client becomes the user of the database's line.
        let configuration = """
            [databases]
            * = host=127.0.0.1 port=\(server.port) user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = \(poolSize)
            server_reset_query =
            """
        try configuration.write(toFile: "\(folder)/pgbouncer.ini", atomically: true, encoding: .utf8)
        _ = try Program.run("/bin/chmod", ["-R", "a+rX", folder])
        let bouncer = Process()
        bouncer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // It refuses to run as root.
        let asOther = geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        bouncer.arguments = asOther + ["/usr/sbin/pgbouncer", "-q", "\(folder)/pgbouncer.ini"]
        bouncer.standardInput = FileHandle.nullDevice
        bouncer.standardError = FileHandle.nullDevice
        try bouncer.run()
        self.bouncer = bouncer.processIdentifier
        for _ in 0..<100 {
            if (try? query("SELECT 1", database: "postgres")) != nil { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw PostgresServerError("the test's PgBouncer did not start; run: apt-get install pgbouncer")
    }

    /// Without the startup options that it refuses.
    package func query(_ sql: String, database: String) throws -> [[String?]] {
        try server.query(sql, database: url(database), options: "")
    }

    package func url(_ database: String) -> String { "postgresql://postgres@127.0.0.1:\(port)/\(database)" }

    deinit {
        kill(bouncer, SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }
}

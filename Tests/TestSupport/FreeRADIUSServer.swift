import Foundation

/// A FreeRADIUS server that belongs to this test process, on loopback. Its configuration is a copy of Debian's, so that
/// what it accepts is what a reader's server accepts: the `default` site, the stock modules and dictionaries, only
/// with our rows. It is gone when the last reference is, or the process.
package final class FreeRADIUSServer: Sendable {
    package let port: Int
    private let folder: String
    /// The server lives until the other end of this pipe is closed, however the process ends.
    private let lifeline: Pipe

    /// What `freeradius -XC` says to this authorize file, all of it in the output.
    package static func check(authorize: String) async throws -> Program.Run {
        // Any port: -C opens none.
        let folder = try configured(port: 1812)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(authorize: authorize, in: folder)
        return try await Program.running(server, ["-XC", "-d", folder])
    }

    /// A server that reads this authorize file.
    package convenience init(authorize: String) async throws {
        try await self.init { try Self.write(authorize: authorize, in: $0) }
    }

    /// A server that asks this database, which has the tables of `schema`, with rlm_sql and its own queries.
    package convenience init(sqlDatabase url: String) async throws {
        guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port else {
            throw FreeRADIUSServerError("not a database's address: \(url)")
        }
        let address = "host=\(host) port=\(port) dbname=\(parts.path.dropFirst()) user=\(parts.user ?? "postgres")"
        try await self.init { try Self.useDatabase(address, in: $0) }
    }

    /// The SQL file Debian ships for rlm_sql on PostgreSQL.
    package static func schema() throws -> String {
        try requireInstalled()
        return try String(contentsOfFile: "\(stock)/mods-config/sql/main/postgresql/schema.sql", encoding: .utf8)
    }

    /// Asks as an access point does that authenticates by MAC address: the name is the password.
    package func accepts(_ mac: String, callingStation: String? = nil) async throws -> Bool {
        // An empty authenticator tells radclient to sign; servers since 3.2.5 may insist on it (BlastRADIUS).
        var request = "User-Name = \"\(mac)\"\nUser-Password = \"\(mac)\"\nMessage-Authenticator = 0x00\n"
        if let callingStation { request += "Calling-Station-Id = \"\(callingStation)\"\n" }
        let file = "\(folder)/\(UUID().uuidString).request"
        try request.write(toFile: file, atomically: false, encoding: .utf8)
        let arguments = ["-d", folder, "-f", file, "-r", "3", "-t", "3", "127.0.0.1:\(port)", "auth", Self.secret]
        let run = try await Program.running(Self.client, arguments)
        // Its status is 1 for a rejection as well as for no answer.
        if run.output.contains("Received Access-Accept") { return true }
        if run.output.contains("Received Access-Reject") { return false }
        throw FreeRADIUSServerError("radclient: \(run.output)\(run.errors)\n\(Self.log(in: folder))")
    }

    private init(_ prepare: (_ folder: String) throws -> Void) async throws {
        var complaint = ""
        // FreeRADIUS cannot choose a port itself and tell it.
        for _ in 0..<10 {
            let port = Int.random(in: 20_000..<32_000)
            let folder = try Self.configured(port: port)
            let lifeline = Pipe()
            do {
                try prepare(folder)
                try Self.startKeeper(folder, lifeline)
            } catch {
                try? FileManager.default.removeItem(atPath: folder)
                throw error
            }
            if await Self.isReady(folder) {
                (self.port, self.folder, self.lifeline) = (port, folder, lifeline)
                return
            }
            complaint = Self.log(in: folder)
            try lifeline.fileHandleForWriting.close()
            guard complaint.contains("Address already in use") else { break }
        }
        throw FreeRADIUSServerError("the test's FreeRADIUS did not start:\n\(complaint)")
    }

    deinit { try? lifeline.fileHandleForWriting.close() }
}

package struct FreeRADIUSServerError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

extension FreeRADIUSServer {
    private static let stock = "/etc/freeradius/3.0"
    private static let server = "/usr/sbin/freeradius"
    private static let client = "/usr/bin/radclient"
    /// Of the client `localhost` in Debian's clients.conf.
    private static let secret = "testing123"

    /// Copies Debian's configuration to $1 and makes it a test's: nothing outside the folder, no other user, one
    /// listener on 127.0.0.1:$2, rejections at once. The options -i and -p would not do: they leave out the `default`
    /// site, and then everybody is rejected.
    private static let configure = #"""
        set -e
        cp -R -P /etc/freeradius/3.0/. "$1"
        sed -i -E \
            -e "s#^(raddbdir|logdir|run_dir) = .*#\1 = $1#" \
            -e '/^[[:space:]]*(user|group) = /d' \
            -e 's/^([[:space:]]*reject_delay = ).*/\10/' \
            -e 's/^(proxy_requests[[:space:]]*= ).*/\1no/' "$1/radiusd.conf"
        sed -i '/^listen {/,/^}/d' "$1/sites-available/default" "$1/sites-available/inner-tunnel"
        sed -i -E 's/^([[:space:]]*)filter_username$/&\n\1rewrite_calling_station_id/' "$1/sites-available/default"
        if grep -H '^[[:space:]]*listen {' "$1"/sites-enabled/* >&2; then exit 1; fi
        printf 'listen {\n\ttype = auth\n\tipaddr = 127.0.0.1\n\tport = %s\n\tvirtual_server = default\n}\n' "$2" \
            >>"$1/radiusd.conf"
        """#

    /// Keeps the server of the folder $1 until its own input ends.
    private static let keep = #"""
        {
            "$2" -f -l stdout -d "$1" &
            echo $! >"$1/server.pid"
            wait $! && status=0 || status=$?
            echo "FreeRADIUS ended with status $status"
        } >"$1/server.log" 2>&1 </dev/null &
        trap '' HUP INT TERM
        until [ -s "$1/server.pid" ]; do sleep 0.01; done
        cat >/dev/null
        grep -q 'FreeRADIUS ended' "$1/server.log" || kill "$(cat "$1/server.pid")"
        wait
        rm -rf "$1"
        """#

    /// A folder with a configuration nobody has used yet.
    private static func configured(port: Int) throws -> String {
        try requireInstalled()
        let folder = try Program.run("/bin/sh", ["-c", "mktemp -d /tmp/axport-radius.XXXXXX"])
            .output.trimmingCharacters(in: .whitespacesAndNewlines)
        let run = try Program.run("/bin/sh", ["-c", configure, "configure", folder, "\(port)"])
        guard run.status == 0 else {
            try? FileManager.default.removeItem(atPath: folder)
            throw FreeRADIUSServerError("\(stock) is not as Debian ships it: \(run.errors)")
        }
        return folder
    }

    private static func write(authorize: String, in folder: String) throws {
        try authorize.write(toFile: "\(folder)/mods-config/files/authorize", atomically: false, encoding: .utf8)
    }

    /// The `default` site asks the module as soon as it is there.
    private static func useDatabase(_ address: String, in folder: String) throws {
        let module = try String(contentsOfFile: "\(stock)/mods-available/sql", encoding: .utf8)
            .replacing("dialect = \"sqlite\"", with: "dialect = \"postgresql\"")
            .replacing("driver = \"rlm_sql_null\"", with: "driver = \"rlm_sql_postgresql\"")
            .replacing("radius_db = \"radius\"", with: "radius_db = \"\(address)\"")
        try module.write(toFile: "\(folder)/mods-enabled/sql", atomically: false, encoding: .utf8)
    }

    private static func startKeeper(_ folder: String, _ lifeline: Pipe) throws {
        let keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: "/bin/sh")
        keeper.arguments = ["-c", keep, "keep", folder, server]
        keeper.standardInput = lifeline
        keeper.standardOutput = FileHandle.nullDevice
        keeper.standardError = FileHandle.nullDevice
        try keeper.run()
    }

    private static func isReady(_ folder: String) async -> Bool {
        for _ in 0..<500 {
            let log = log(in: folder)
            if log.contains("Ready to process requests") { return true }
            if log.contains("FreeRADIUS ended with status") { return false }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private static func log(in folder: String) -> String {
        (try? String(contentsOfFile: "\(folder)/server.log", encoding: .utf8)) ?? ""
    }

    /// Whether the tests can run: false where FreeRADIUS is installed and its configuration is out of reach.
    package static var isReadable: Bool {
        !FileManager.default.fileExists(atPath: server)
            || FileManager.default.isReadableFile(atPath: "\(stock)/radiusd.conf")
    }

    private static func requireInstalled() throws {
        let needed = [server, client, "/usr/lib/freeradius/rlm_sql_postgresql.so"]
        guard needed.allSatisfy(FileManager.default.fileExists) else {
            throw FreeRADIUSServerError(
                "no FreeRADIUS; run: apt-get install freeradius freeradius-utils freeradius-postgresql"
            )
        }
        // Debian lets only root and the group freerad read it.
        guard FileManager.default.isReadableFile(atPath: "\(stock)/radiusd.conf") else {
            throw FreeRADIUSServerError("\(stock) cannot be read; run the test as root or in the group freerad")
        }
    }
}

import Foundation

/// Another user's session, which stays open while a test does something else.
package struct PostgresSession: ~Copyable {
    private let psql = Process()
    private let input = Pipe()

    package init(_ server: PostgresServer, database url: String, _ statements: String) throws {
        psql.executableURL = URL(fileURLWithPath: server.psql)
        psql.arguments = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
        psql.environment = ProcessInfo.processInfo.environment.merging(["PGAPPNAME": "somebody"]) { $1 }
        psql.standardInput = input
        let output = Pipe()
        psql.standardOutput = output
        try psql.run()
        try input.fileHandleForWriting.write(contentsOf: Data("\(statements);\nSELECT 'done';\n".utf8))
        // Until the statements have been done.
        _ = output.fileHandleForReading.availableData
    }

    // Other signals may be blocked in a program that a test starts.
    deinit { kill(psql.processIdentifier, SIGKILL) }
}

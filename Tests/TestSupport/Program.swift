import Foundation

/// Runs another program to its end.
package enum Program {
    package struct Run: Sendable {
        package let status: Int32
        package let output: String
        /// Without the time that begins each line of a log; see ``log``.
        package let errors: String
        /// All that was written to standard error.
        package let log: String

        package init(status: Int32, output: String, errors: String) {
            self.status = status
            self.output = output
            log = errors
            self.errors = errors.replacing(/(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ?/, with: "")
        }
    }

    package static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files, because a pipe nobody empties would stop the program.
        let folder = FileManager.default.temporaryDirectory
        let paths = ["out", "err"].map { folder.appendingPathComponent("\(UUID().uuidString).\($0)") }
        defer { for path in paths { try? FileManager.default.removeItem(at: path) } }
        for path in paths { try Data().write(to: path) }
        process.standardOutput = try FileHandle(forWritingTo: paths[0])
        process.standardError = try FileHandle(forWritingTo: paths[1])
        try process.run()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: paths[0]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: paths[1]), as: UTF8.self)
        )
    }

    /// The same without blocking a thread of the test's own servers meanwhile.
    package static func running(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Run {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try run(path, arguments, environment: environment) })
            }
        }
    }
}

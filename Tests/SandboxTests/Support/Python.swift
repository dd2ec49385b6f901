import Foundation
import Testing

/// A Python that has jsonschema: the system's, or else the one in PATH.
enum Python {
    static func run(_ arguments: [String]) async throws -> (status: Int32, output: String, problems: String) {
        for python in ["/usr/bin/python3", "python3"]
        where try await execute([python, "-c", "import jsonschema"]).status == 0 {
            return try await execute([python] + arguments)
        }
        throw MissingModule()
    }

    struct MissingModule: Error, CustomStringConvertible {
        let description = "python3 has no module jsonschema; install it: apt-get install python3-jsonschema"
    }

    /// Leaves the thread to other tests while the process runs.
    private static func execute(
        _ command: [String]
    ) async throws -> (status: Int32, output: String, problems: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "python-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = [folder.appending(path: "output"), folder.appending(path: "problems")]
        for file in files {
            try Data().write(to: file)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        let status = try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return (status, texts[0], texts[1])
    }
}

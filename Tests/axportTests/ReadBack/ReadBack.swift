import Foundation
import TestSupport
import Testing

/// A shipped pipeline, run on the hostile fleet; its files are read by other programs.
struct ReadBack {
    let command: Command

    static func run(
        _ pipeline: String,
        environment: [String: String] = [:],
        _ test: (ReadBack) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: environment)
            let text = Consumer.onSandbox(try Repository.text("pipelines/\(pipeline).axport.yaml"))
                .replacing(/inventory: .*\n/, with: "")
            try command.write("inventory: inventory.sqlite\n" + text, to: "test.axport.yaml")
            try HostileFleet.fill("\(folder)/inventory.sqlite", identity: "sandbox of 60 devices, seed 5")
            let run = try await command("run", "test.axport.yaml", "--offline")
            // One device was not asked for its coverage.
            #expect(run.status == 0 || run.status == 3, "\(run.errors)")
            try await test(ReadBack(command: command))
        }
    }

    private func read<Value>(_ arguments: String..., as type: Value.Type = Value.self) async throws -> Value {
        let script = Repository.path("Tests/axportTests/ReadBack/read_back.py")
        let run = try await Program.running(
            "/usr/bin/env",
            ["python3", script, arguments[0], "\(command.folder)/\(arguments[1])"] + arguments.dropFirst(2)
        )
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? Value)
    }

    /// The rows of a CSV file with a header, by the values of a column.
    func csv(_ file: String, by key: String, delimiter: String = ",") async throws -> [String: [String: String]] {
        let rows: [[String: String]] = try await read("csv", file, delimiter)
        #expect(Set(rows.compactMap { $0[key] }).count == rows.count)
        return Dictionary(rows.map { ($0[key] ?? "", $0) }) { $1 }
    }

    func rows(_ file: String, delimiter: String = ",") async throws -> [[String]] {
        try await read("rows", file, delimiter)
    }

    func ndjson(_ file: String) async throws -> [[String: Any]] { try await read("ndjson", file) }

    func json(_ file: String) async throws -> [String: Any] { try await read("json", file) }

    static let serials: Set = ["C111111111", "C.22222222", "C333333333", "C444444444"]
}

extension [[String: Any]] {
    /// The texts under a name, in the order of the rows.
    func texts(_ name: String) -> [String] { compactMap { $0[name] as? String } }
}

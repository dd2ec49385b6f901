import Foundation
import TestSupport
import Testing

extension Program.Run {
    /// What the report of `run --json` says of each load, in the order of the file.
    var loads: [[String: Any]] {
        get throws {
            let line = output.split(separator: "\n").last ?? ""
            let report = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let stages = try #require(report?["stages"] as? [[String: Any]], "\(errors)")
            return stages.filter { $0["kind"] as? String == "load" }
        }
    }

    /// The messages about what is wrong, each with its hint on the same line.
    var problems: [String] {
        errors.replacing("\nhint: ", with: "; ").split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("error: ")
        }
    }
}

extension PostgresServer {
    /// One number.
    func count(_ sql: String, _ database: String) throws -> Int {
        try #require(try query(sql, database: database).first?.first?.flatMap { Int($0) })
    }

    /// Returns when a load waits for a lock.
    func untilALoadWaits(_ database: String) async throws {
        let waiting = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'axport' \
            AND wait_event_type = 'Lock'
            """
        let deadline = ContinuousClock.now + .seconds(20)
        while try count(waiting, database) == 0 {
            try #require(ContinuousClock.now < deadline, "no load waits for a lock")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

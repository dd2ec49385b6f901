import TestSupport
import Testing

/// A database that is down is one cause, however many loads go there.
@Suite struct UnreachableDatabaseTests {
    private static func pipeline(port: Int) -> String {
        let place = "postgres: { url: \"postgresql://x@127.0.0.1:\(port)/x\", retries: 1"
        return """
            source: { platform: sandbox, devices: 50 }
            extract: [devices, assignments]
            load:
              - \(place), table: devices }
              - \(place), table: old_devices, order: serial }
              - \(place), from: servers }
              - \(place), from: changes }
              - \(place), from: rejects }
              - \(place), from: runs }
              - csv: { file: devices.csv }
            """
    }

    @Test func isToldInOneLineThatNamesTheLoads() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Self.pipeline(port: try Loopback.freePort()), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            let lines = run.errors.split(separator: "\n").filter { $0.contains(": postgres devices, ") }
            // Once before the sync, and once at the end, where the last line names the cause in short.
            #expect(lines.count == 2 && lines.first?.hasPrefix("warning: postgres devices, ") == true, "\(run.errors)")
            #expect(
                lines.last?.hasPrefix(
                    "error: postgres devices, old_devices, the dataset's own table (servers), "
                        + "the dataset's own table (changes), the dataset's own table (rejects), "
                        + "the dataset's own table (runs): cannot connect to PostgreSQL: "
                ) == true,
                "\(run.errors)"
            )
            #expect(run.errors.contains("(tried 2 times)"))
            #expect(command.exists("devices.csv"))
            let plan = try await command("plan", "test.axport.yaml")
            let planned = (plan.output + plan.errors).split(separator: "\n").filter { $0.contains("cannot connect") }
            #expect(planned.count == 1, "\(plan.output)\(plan.errors)")
        }
    }
}

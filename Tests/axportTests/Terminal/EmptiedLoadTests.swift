import Foundation
import TestSupport
import Testing

/// Why a list would be empty, told by the guard that refuses it.
@Suite struct EmptiedLoadTests {
    private func refusal(_ transforms: String, load: String = "csv: { file: out/ise.csv, %@ }") async throws -> String {
        var refused = ""
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                source: { platform: sandbox, name: acme, devices: 100 }
                extract: [devices, assignments]
                transform: [where: "product_family IN ('iPhone', 'iPad', 'Mac')"]
                load:
                  - \(load.replacing("%@", with: "transform: [\(transforms), mac_addresses: { interfaces: [wifi] }]"))
                  - csv: { file: out/all.csv }
                """,
                to: "night.axport.yaml"
            )
            let run = try await command("run", "night.axport.yaml")
            #expect(run.status == 65, "\(run.errors)")
            refused = try #require(run.problems.first)
            let plan = try await command("plan", "night.axport.yaml")
            #expect(plan.status == 65, "\(plan.errors)")
            #expect(plan.output.contains(" left 0 of "), "\(plan.output)")
        }
        return refused
    }

    @Test func itNamesTheValuesThatTheFilteredColumnHas() async throws {
        let text = try await refusal("where: \"server_name = 'Nowhere'\"")
        #expect(text.contains("the list is empty; nothing was written; `where: product_family IN ("), "\(text)")
        #expect(text.contains(/`where: server_name = 'Nowhere'` left 0 of \d+ rows; server_name is [A-Z]/), "\(text)")
        #expect(text.contains(#/ \(\d+\) or /#) && text.count < 800, "\(text)")
    }

    @Test func itNamesNoDevice() async throws {
        let text = try await refusal("where: \"serial_number = 'C02XX'\"")
        #expect(
            text.contains(
                /`where: serial_number = 'C02XX'` left 0 of \d+ rows; serial_number has \d+ different values/
            ),
            "\(text)"
        )
    }

    @Test func aTableSaysItToo() async throws {
        let text = try await refusal(
            "where: \"color = 'NONE' AND server_name IS NOT NULL\"",
            load: "sqlite: { file: out/a.sqlite, table: ise, %@ }"
        )
        #expect(text.contains("; color is ") && text.contains("; server_name is "), "\(text)")
    }
}

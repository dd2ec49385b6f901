import Foundation
import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import Extract

/// An inventory whose numbers somebody has edited neither stops the process nor keeps it for ever, and loses no device.
@Suite struct EditedInventoryTests {
    private static let values: [Int64] = [-1, .min, (1 << 60) - 1, .max]
    private static let extract =
        "[devices: { changes: audit_events }, servers, assignments, coverage: { max_age: 30d }, activation_lock, details]"

    private func sqlite(_ path: String, _ sql: String) throws -> [String] {
        let run = try Program.run("/usr/bin/env", ["sqlite3", path, sql])
        try #require(run.status == 0, "\(sql): \(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }

    /// Statements that put two of the values into each integer column, the others into the next, into all rows or into one
    /// where they must differ, and into what the inventory notes of itself.
    private func edits(_ path: String) throws -> [String] {
        let columns = try sqlite(
            path,
            """
            SELECT '"' || t.name || '" SET "' || c.name || '" = ' FROM sqlite_master AS t, pragma_table_info(t.name) AS c
            WHERE t.type = 'table' AND c.type = 'INTEGER' AND t.name NOT LIKE 'grdb%'
            """
        )
        let numbers = columns + ["sqlite_sequence SET seq = "]
        let notes = try sqlite(path, "SELECT name FROM meta WHERE name <> 'identity'")
        return Self.values.enumerated().flatMap { turn, value in
            let edits =
                numbers.map { "UPDATE OR IGNORE \($0)\(value)" }
                + notes.map { "UPDATE meta SET value = \(value) WHERE name = '\($0)'" }
            return edits.enumerated().filter { ($0.offset + turn).isMultiple(of: 2) }.map(\.element)
        }
    }

    @Test(.timeLimit(.minutes(10))) func everyNumberMayBeAny() async throws {
        try await Nights.with(.with(devices: 12)) { nights in
            try await nights.run(Self.extract, at: nights.night(1))
            await nights.sandbox.advance(toNight: 2)
            try await nights.run(Self.extract, at: nights.night(2))
            let pristine = "\(nights.inventoryPath).pristine"
            try FileManager.default.copyItem(atPath: nights.inventoryPath, toPath: pristine)
            let edits = try edits(pristine)
            #expect(edits.count > 80)
            var failures: [String: Int] = [:]
            for edit in edits {
                for suffix in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: nights.inventoryPath + suffix)
                }
                try FileManager.default.copyItem(atPath: pristine, toPath: nights.inventoryPath)
                _ = try sqlite(nights.inventoryPath, edit)
                do {
                    _ = try await nights.plan(Self.extract).outlook(at: nights.night(3))
                    try await nights.run(Self.extract, at: nights.night(3))
                    let rows = try nights.rows(.everything, "serial_number", "last_seen_at")
                    for device in nights.listed() { #expect(rows[device.serial] != nil, "\(edit): \(device.serial)") }
                    for dataset in Dataset.allCases {
                        _ = try nights.rows(dataset.schema, dataset.schema.fields[0].name)
                    }
                    _ = try Inventory.runs(at: nights.inventoryPath, limit: 9).map { try RunReport($0) }
                } catch let failure as Failure {
                    failures[failure.message.prefix { !$0.isNumber }.description, default: 0] += 1
                    #expect(failure.message.contains("damaged") || failure.code == .badData, "\(edit): \(failure)")
                }
            }
            #expect(failures.values.reduce(0, +) < edits.count / 4, "\(failures)")
        }
    }
}

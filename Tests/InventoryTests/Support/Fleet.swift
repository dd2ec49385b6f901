import Inventory
import Records
import TestSupport
import Testing

/// 2026-01-01T00:00:00Z.
let firstNight = Timestamp(seconds: 1_767_225_600)
let secondNight = firstNight.adding(days: 1)
let thirdNight = firstNight.adding(days: 2)

extension Timestamp {
    func adding(days: Int64 = 0, seconds: Int64 = 0) -> Timestamp {
        Timestamp(microseconds: microseconds + (days * 86_400 + seconds) * 1_000_000)
    }
}

func openInventory(_ folder: ScratchFolder, identity: String = "acme") throws -> Inventory {
    try Inventory(path: folder.file("inventory.sqlite"), identity: identity)
}

func device(_ serial: String, _ attributes: String = #"{"color":"RED"}"#) -> Resource {
    Resource(type: "orgDevices", id: serial, attributes: Array(attributes.utf8))
}

/// Serial numbers whose order is not that of their numbers.
func serial(_ number: Int) -> String { "C0\(String(number * 7919 % 10_007 + 10_000))" }

extension Inventory {
    /// A listing from its beginning to its end.
    @discardableResult
    func list(_ devices: [Resource], at now: Timestamp) throws -> (outcome: PageOutcome, removed: Int) {
        let listing = try beginListing(at: now)
        let outcome = try record(devices, in: listing, next: nil, at: now)
        return (outcome, try complete(listing, at: now))
    }

    /// Lists of assigned devices, read to their ends.
    func recordAssignments(_ servers: [String: String], at now: Timestamp) throws -> (total: Int, changed: Int) {
        let lists = try AssignmentLists(of: self)
        for (server, devices) in Dictionary(grouping: servers, by: \.value) {
            try lists.add(devices.map(\.key))
            try lists.end(as: server)
        }
        return try lists.record(at: now)
    }

    /// Every device at once has these records.
    func cover(_ serials: [String], with records: [String], at now: Timestamp) throws {
        let (devices, _) = try deviceRequests(.coverage, maxAge: 0, at: now, limit: 100_000)
        let answers = zip(serials, records).compactMap { serial, records in
            devices.first { $0.serial == serial }.map { (id: $0.id, answer: DeviceAnswer.known(Array(records.utf8))) }
        }
        _ = try record(answers, of: .coverage, at: now)
    }
}

extension Schema {
    /// Devices with the columns of all stages.
    static var allColumns: Schema {
        var schema = Schema.devices
        schema.fields += Schema.assignmentFields + Schema.coverageFields + Schema.activationLockFields
        return schema
    }
}

/// A dataset as a load would get it.
struct Reading {
    let schema: Schema
    private(set) var batches: [Batch] = []
    private(set) var rejects: [Reject] = []

    init(_ inventory: Inventory, _ schema: Schema, order: RowOrder = .firstSeen, limit: Int? = nil) throws {
        self.schema = schema
        let dataset = try #require(schema.dataset)
        var reader = DatasetReader(inventory, dataset, schema: schema, order: order, limit: limit)
        while let batch = try reader.next(rejects: &rejects) { batches.append(batch) }
        #expect(try reader.next(rejects: &rejects) == nil)
    }

    /// A column of all rows.
    subscript(_ column: String) -> [String?] {
        let index = schema.index(of: column) ?? -1
        return batches.flatMap { batch in (0..<batch.count).map { batch.display(batch[index, $0]) } }
    }

    /// Some columns of all rows, with a space between.
    func rows(_ columns: String...) -> [String] {
        let all = columns.map { self[$0] }
        return (all.first ?? []).indices.map { row in all.map { $0[row] ?? "-" }.joined(separator: " ") }
    }
}

extension Inventory {
    /// A run of a pipeline that finds these values to reject, and judges these rows.
    func find(_ rejects: [Reject], in run: String, of pipeline: String = "nightly", judging rows: [JudgedRow] = [])
        throws
    {
        _ = try beginJudging(for: pipeline)
        var findings = Findings()
        findings.rejects = rejects
        findings.judgedRows = rows
        try note(findings)
        try settle(Settlement(pipeline: pipeline, run: run, startedAt: firstNight, judges: nil))
    }

    /// `serial kind column before after` of every change.
    var changes: [String] {
        get throws { try Reading(self, .changes).rows("serial_number", "kind", "column", "before", "after") }
    }
}

/// Runs SQL on a closed inventory.
@discardableResult
func sqlite(_ folder: ScratchFolder, _ sql: String, file: String = "inventory.sqlite") throws -> String {
    let run = try Program.run("/usr/bin/env", ["sqlite3", folder.file(file), sql])
    try #require(run.status == 0, "\(run.errors)")
    return run.output
}

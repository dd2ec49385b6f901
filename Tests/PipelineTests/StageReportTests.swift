import Foundation
import Inventory
import Records
import Stages
import Testing

@testable import Pipeline

/// A stage's report and its JSON hold the same.
@Suite struct StageReportTests {
    /// Counts with a different value in every member of the JSON.
    static var full: StageCounts {
        get throws {
            let none = try JSONSerialization.jsonObject(with: Data(StageCounts().jsonLine.utf8))
            var members = try #require(none as? [String: Any])
            members["total"] = 0
            for (place, name) in members.keys.sorted().enumerated() {
                members[name] =
                    switch members[name] {
                    case is [Any]: ["text \(place)"]
                    case is [String: Any]: ["new": place + 1]
                    default: place + 1
                    }
            }
            let text = String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
            return try StageCounts(jsonLine: text)
        }
    }

    static var done: StageReport {
        get throws {
            var counts = try full
            counts.total = nil
            return StageReport(kind: .extract, name: "devices", destination: "", status: .done, counts: counts)
        }
    }

    static var failed: StageReport {
        get throws {
            var failure = Failure(
                .badData,
                "2 of 3 rows would go",
                advice: "look at them",
                refusal: Refusal(2, of: 3, limit: "5%")
            )
            failure.detail = "what the other side said"
            return StageReport(
                kind: .load,
                name: "csv",
                destination: "out/devices.csv",
                status: .failed,
                counts: try full,
                failure: failure
            )
        }
    }

    @Test func everyNumberIsInTheJSONAndSurvives() throws {
        let report = try Self.failed
        for (number, none) in zip(
            Mirror(reflecting: report.counts).children,
            Mirror(reflecting: StageCounts()).children
        ) where number.label != "_rejectedInRows" {
            #expect("\(number.value)" != "\(none.value)", "\(number.label ?? "") is not in the JSON")
        }
        let back = try StageReport(jsonLine: report.jsonLine)
        #expect(back.counts == report.counts)
        #expect(back.kind == .load && back.name == "csv" && back.destination == "out/devices.csv")
        #expect(back.status == .failed && back.failure == report.failure)
    }

    @Test(arguments: [
        (0, 1, "1 element of the list cannot be read"), (2, 0, "2 unanswered; later runs retry them"),
        (2, 3, "3 elements of the list cannot be read; 2 unanswered; later runs retry them"),
        (0, 0, "did not finish; later runs continue"),
    ])
    func aPartialStageSaysWhatItLacks(unknown: Int, unreadable: Int, lack: String) {
        var counts = StageCounts()
        (counts.unknown, counts.unreadable) = (unknown, unreadable)
        var report = StageReport(kind: .extract, name: "devices", destination: "", status: .partial, counts: counts)
        #expect(report.lack == lack)
        report.status = .done
        #expect(report.lack == nil)
    }

    @Test func insertsAndUpdatesAreToldApart() {
        var load = LoadCounts(written: 7, updated: 5)
        load.changedColumns = ["order_number": 5]
        load.changedFiles = ["out/devices.csv"]
        var counts = StageCounts()
        counts.take(load)
        let text = StageReport(kind: .load, name: "csv", destination: "", status: .done, counts: counts).jsonLine
        #expect(text.contains(#""written":7"#) && text.contains(#""updated":5"#))
        #expect(text.contains(#""changed_columns":{"order_number":5}"#))
        #expect(text.contains(#""changed_files":["out/devices.csv"]"#))
    }

    @Test func whatALoadDidIsTakenOver() {
        var load = LoadCounts(written: 1, updated: 2, unchanged: 3, retired: 4, deleted: 5, filtered: 6)
        load.rejects = [
            Reject(dataset: "devices", serialNumber: "C1", column: "eid", reason: .length, value: "8", stage: "sqlite")
        ]
        load.notes = ["of the load"]
        var counts = StageCounts()
        counts.notes = ["before"]
        counts.take(load)
        #expect((counts.written, counts.updated, counts.unchanged) == (1, 2, 3))
        #expect((counts.retired, counts.deleted, counts.filtered) == (4, 5, 6))
        #expect(counts.rejected == 1 && counts.notes == ["before", "of the load"])
    }

    @Test func reportsOfEarlierVersionsAreRead() throws {
        let text = """
            {"added":1,"asked":0,"changed":0,"deleted":0,"filtered":2,"held_back":0,"kind":"load","left_out":3,"notes":[],\
            "quarantined":4,"read":5,"reasons":{"new":6,"of another version":7},"received":0,"requests":0,"retired":0,\
            "seconds":0.5,"stage":"csv","status":"odd","unchanged":8,"unknown":9,"written":10}
            """
        let report = try StageReport(jsonLine: text)
        #expect(report.counts.written == 10 && report.counts.unknown == 9 && report.counts.filteredBefore == 3)
        #expect(report.counts.updated == 0 && report.counts.unreadable == 0 && report.counts.changedFiles.isEmpty)
        #expect(report.counts.reasons == [.new: 6] && report.status == .failed && report.failure == nil)
    }
}

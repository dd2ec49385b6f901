import Inventory
import Records
import Stages
import Testing

@testable import Pipeline

/// A stage's report and its JSON hold the same.
@Suite struct StageReportTests {
    private static var full: StageCounts {
        var counts = StageCounts()
        (counts.asked, counts.received, counts.unchanged, counts.filtered) = (1, 2, 3, 4)
        (counts.changed, counts.rejected, counts.written, counts.updated) = (5, 6, 7, 8)
        (counts.read, counts.added, counts.filteredBefore, counts.deleted) = (9, 10, 11, 12)
        (counts.retired, counts.requests, counts.unknown, counts.unreadable) = (13, 14, 15, 16)
        (counts.total, counts.seconds, counts.heldBack) = (17, 18.5, 19)
        counts.reasons = [.new: 20, .old: 21]
        counts.notes = ["a note"]
        counts.changedColumns = ["order_number": 22]
        counts.changedFiles = ["out/devices.csv"]
        return counts
    }

    static var done: StageReport {
        var counts = full
        counts.total = nil
        return StageReport(kind: .extract, name: "devices", destination: "", status: .done, counts: counts)
    }

    static var failed: StageReport {
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
            counts: full,
            failure: failure
        )
    }

    @Test func everyNumberSurvives() throws {
        let none = Dictionary(
            uniqueKeysWithValues: Mirror(reflecting: StageCounts()).children.map { ($0.label, "\($0.value)") }
        )
        // A new number has to be in the test, too.
        for child in Mirror(reflecting: Self.full).children {
            #expect(none[child.label] != "\(child.value)", "\(child.label ?? "") is not tried")
        }
        let back = try StageReport(jsonLine: Self.failed.jsonLine)
        #expect(back.counts == Self.full)
        #expect(back.kind == .load && back.name == "csv" && back.destination == "out/devices.csv")
        #expect(back.status == .failed && back.failure?.code == .badData)
        #expect(back.failure == Self.failed.failure)
    }

    @Test func insertsAndUpdatesAreToldApart() {
        let text = Self.failed.jsonLine
        #expect(text.contains(#""written":7"#) && text.contains(#""updated":8"#))
        #expect(text.contains(#""changed_columns":{"order_number":22}"#))
        #expect(text.contains(#""changed_files":["out/devices.csv"]"#))
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

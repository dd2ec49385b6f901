import Inventory
import Records
import TestSupport
import Testing

/// What becomes of the rejects of earlier runs.
@Suite struct SettlementTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
        try inventory.list(["C01", "C02"].map { device($0) }, at: firstNight)
    }

    private func reject(
        _ serial: String?,
        _ value: String = "x",
        in dataset: Dataset = .devices,
        _ reason: Reason = .checksum
    ) -> Reject {
        Reject(
            dataset: dataset.rawValue,
            serialNumber: serial,
            column: "eid",
            reason: reason,
            value: value,
            stage: "eid"
        )
    }

    private func row(_ serial: String?, in dataset: Dataset = .devices) -> JudgedRow {
        JudgedRow(Judge(dataset: dataset.rawValue, stage: "eid"), serialNumber: serial)
    }

    private func rows(of pipeline: String? = "nightly") throws -> [String] {
        var reader = DatasetReader(inventory, .rejects, order: .firstSeen, rejectsOf: pipeline)
        let names = ["run_id", "serial_number", "code", "value"].compactMap(Schema.rejects.index(of:))
        var (rows, rejects): ([String], [Reject]) = ([], [])
        while let batch = try reader.next(rejects: &rejects) {
            rows += (0..<batch.count).map { row in
                names.map { batch.display(batch[$0, row]) ?? "-" }.joined(separator: " ")
            }
        }
        return rows
    }

    @Test func aValueKeepsTheRunThatFirstFoundIt() throws {
        try inventory.find([reject("C01"), reject("C02")], in: "one")
        let both = ["C01", "C02"].map { row($0) }
        try inventory.find([reject("C01"), reject("C02"), reject("C02", "y")], in: "two", judging: both)
        #expect(
            try rows() == ["one C01 checksum x", "one C02 checksum x", "two C02 checksum y"]
        )
    }

    @Test func aValueOfARowIsThereOnce() throws {
        try inventory.find([reject("C01"), reject("C01"), reject(nil), reject(nil)], in: "one")
        #expect(try rows() == ["one C01 checksum x", "one - checksum x"])
    }

    @Test func onlyAJudgedRowLosesItsValues() throws {
        try inventory.find([reject("C01"), reject("C01", "y"), reject("C02"), reject(nil)], in: "one")
        try inventory.find([reject("C01", "y")], in: "two", judging: [row("C01")])
        #expect(try rows() == ["one C01 checksum y", "one C02 checksum x", "one - checksum x"])
        try inventory.find([], in: "three", judging: [row(nil)])
        #expect(try rows() == ["one C01 checksum y", "one C02 checksum x"])
    }

    @Test func aNewReasonDoesNotMakeItANewValue() throws {
        try inventory.find([reject("C01")], in: "one")
        try inventory.find([reject("C01", "x", .length)], in: "two", judging: [row("C01")])
        #expect(try rows() == ["one C01 length x"])
    }

    @Test func theFirstOfTwoReasonsCountsEveryNight() throws {
        let both = [reject("C01", "x", .length), reject("C01"), reject("C02"), reject("C02", "x", .length)]
        for run in ["one", "two", "three"] {
            try inventory.find(both, in: run, judging: ["C01", "C02"].map { row($0) })
            #expect(try rows() == ["one C01 length x", "one C02 checksum x"])
        }
    }

    @Test func pipelinesLeaveEachOtherAlone() throws {
        try inventory.find([reject("C01")], in: "one")
        try inventory.find([reject("C01")], in: "two", of: "hourly", judging: [row("C01")])
        try inventory.find([], in: "three", of: "other's", judging: [row("C01")])
        #expect(try rows() == ["one C01 checksum x"])
        #expect(try rows(of: "hourly") == ["two C01 checksum x"])
        #expect(try rows(of: "other's") == [])
        #expect(try rows(of: nil).count == 2)
        try inventory.find([], in: "four", judging: [row("C01")])
        #expect(try rows(of: nil) == ["two C01 checksum x"])
    }

    @Test func aDeviceThatLeftTakesItsValuesAlong() throws {
        let found = [reject("C01"), reject("C02"), reject("C02", "c", in: .coverage)]
        try inventory.cover(["C02"], with: [#"[{"id":"1","attributes":{}}]"#], at: firstNight)
        try inventory.find(found, in: "one")
        #expect(try rows().count == 3)
        try inventory.list([device("C01")], at: secondNight)
        // Its row is still judged, whether a table keeps it or not.
        try inventory.find(found, in: "two", judging: [row("C01"), row("C02")])
        #expect(try rows() == ["one C01 checksum x"])
        try inventory.list([device("C01"), device("C02")], at: thirdNight)
        try inventory.find(found, in: "three", judging: [row("C01"), row("C02")])
        #expect(try rows() == ["one C01 checksum x", "three C02 checksum x", "three C02 checksum c"])
    }

    @Test func soDoesARowThatIsGone() throws {
        try inventory.cover(
            ["C01", "C02"],
            with: Array(repeating: #"[{"id":"1","attributes":{}}]"#, count: 2),
            at: firstNight
        )
        try inventory.list(["C01", "C02"].map { device($0, #"{"color":"BLUE"}"#) }, at: secondNight)
        let server = Resource(type: "mdmServers", id: "S1", attributes: Array("{}".utf8))
        try inventory.recordServers([server], at: firstNight)
        let places = [
            ("C01", Dataset.coverage), ("C02", .coverage), ("C01", .changes), ("S1", .servers), ("S2", .servers),
        ]
        try inventory.find(places.map { reject($0.0, $0.1.rawValue, in: $0.1) }, in: "one")
        #expect(try rows().count == 5)
        try inventory.cover(["C01"], with: ["[]"], at: secondNight)
        try inventory.find([], in: "two")
        #expect(
            try rows() == ["one C02 checksum coverage", "one C01 checksum changes", "one S1 checksum servers"]
        )
    }

    @Test func aStageThatFailedHasJudgedNothing() throws {
        try inventory.find([reject("C01")], in: "one")
        _ = try inventory.beginJudging(for: "nightly")
        var findings = Findings()
        findings.judgedRows = [row("C01")]
        try inventory.note(findings)
        var settlement = Settlement(pipeline: "nightly", run: "two", startedAt: secondNight, judges: nil)
        settlement.failed = [Judge(dataset: "devices", stage: "eid")]
        try inventory.settle(settlement)
        #expect(try rows() == ["one C01 checksum x"])
    }

    @Test func aStageThatLeftTheFileTakesItsValuesAlong() throws {
        try inventory.find([reject("C01"), reject("C01", "c", in: .coverage)], in: "one")
        _ = try inventory.beginJudging(for: "nightly")
        let judges: Set = [Judge(dataset: "devices", stage: "eid"), Judge(dataset: "coverage", stage: "imei")]
        try inventory.settle(Settlement(pipeline: "nightly", run: "two", startedAt: secondNight, judges: judges))
        #expect(try rows() == ["one C01 checksum x"])
    }

    @Test func unreadableElementsGoWithTheirList() throws {
        func element(_ value: String) -> Reject { reject(nil, value, .unreadable) }
        func settle(_ found: [Reject], _ run: String, hasUnreadable: Bool) throws {
            _ = try inventory.beginJudging(for: "nightly")
            var findings = Findings()
            findings.rejects = found
            try inventory.note(findings)
            var settlement = Settlement(pipeline: "nightly", run: run, startedAt: firstNight, judges: [])
            settlement.hasUnreadable = hasUnreadable
            try inventory.settle(settlement)
        }
        try settle([element("{}"), element("[]")], "one", hasUnreadable: true)
        try settle([], "two", hasUnreadable: false)
        #expect(try rows() == ["one - unreadable {}", "one - unreadable []"])
        try settle([element("[]")], "three", hasUnreadable: true)
        #expect(try rows() == ["one - unreadable []"])
    }

    /// As after `kill -9`: nothing is left of the run.
    @Test func aRunThatEndsEarlyChangesNothing() throws {
        try inventory.find([reject("C01")], in: "one")
        _ = try inventory.beginJudging(for: "nightly")
        var findings = Findings()
        findings.rejects = [reject("C02")]
        findings.judgedRows = [row("C01")]
        try inventory.note(findings)
        #expect(try rows() == ["one C01 checksum x"])
        // The next run begins anew.
        try inventory.find([reject("C01")], in: "three", judging: [row("C02")])
        #expect(try rows() == ["one C01 checksum x"])
    }

    @Test func aPipelineThatDoesNotRunForAYearIsForgotten() throws {
        try inventory.find([reject("C01")], in: "one")
        try inventory.find([reject("C01")], in: "two", of: "renamed")
        func run(_ id: String, day: Int64) throws {
            let startedAt = firstNight.adding(days: day)
            try inventory.begin(RunRecord(id: id, pipeline: "renamed", source: "s", startedAt: startedAt))
        }
        try run("a", day: 364)
        // One night with a wrong clock deletes nothing.
        try run("b", day: 4000)
        #expect(try rows(of: nil).count == 2)
        try run("c", day: 366)
        #expect(try rows(of: nil) == ["two C01 checksum x"])
    }
}

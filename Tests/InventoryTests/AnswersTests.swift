import Inventory
import Records
import TestSupport
import Testing

@Suite struct AnswersTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
        try inventory.list((1...6).map { device("C0\($0)") }, at: firstNight)
    }

    private let day: Int64 = 86_400

    private func record(_ id: Int64, _ records: String, at now: Timestamp) throws -> Int {
        try inventory.record([(id, .known(Array(records.utf8)))], of: .coverage, at: now)
    }

    private func fail(_ id: Int64, at now: Timestamp) throws {
        #expect(try inventory.record([(id, .unknown("HTTP 503"))], of: .coverage, at: now) == 0)
    }

    private func requests(maxAge days: Int64, at now: Timestamp, limit: Int = 100) throws -> [String] {
        try inventory.deviceRequests(.coverage, maxAge: days * day, at: now, limit: limit).requests.map(\.serial)
    }

    private func row(_ serial: String) throws -> String? {
        try Reading(inventory, .allColumns)
            .rows("serial_number", "coverage_state", "coverage_checked_at", "coverage_error", "coverage_records")
            .first { $0.hasPrefix(serial) }
    }

    @Test func firstTheUnknownThenTheFailedThenTheOldest() throws {
        _ = try record(2, "[]", at: secondNight)
        _ = try record(5, "[]", at: firstNight)
        _ = try record(1, "[]", at: firstNight)
        try fail(6, at: secondNight)
        try fail(4, at: firstNight)
        #expect(try requests(maxAge: 1, at: thirdNight) == ["C03", "C04", "C06", "C01", "C05", "C02"])
        #expect(try requests(maxAge: 1, at: thirdNight, limit: 4) == ["C03", "C04", "C06", "C01"])
        #expect(try requests(maxAge: 2, at: thirdNight) == ["C03", "C04", "C06", "C01", "C05"])
        #expect(try requests(maxAge: 3, at: thirdNight) == ["C03", "C04", "C06"])
    }

    @Test func devicesThatLeftAreNotAskedFor() throws {
        try inventory.list([device("C02")], at: secondNight)
        #expect(try requests(maxAge: 1, at: secondNight) == ["C02"])
    }

    @Test func coveredNoneAndUnknownAreThreeStates() throws {
        _ = try record(1, #"[{"id":"a","attributes":{}}]"#, at: firstNight)
        _ = try record(2, "[]", at: firstNight)
        try fail(3, at: firstNight)
        #expect(try row("C01") == #"C01 covered 2026-01-01T00:00:00.000Z - [{"id":"a","attributes":{}}]"#)
        #expect(try row("C02") == "C02 none 2026-01-01T00:00:00.000Z - []")
        #expect(try row("C03") == "C03 unknown - HTTP 503 -")
        #expect(try row("C04") == "C04 unknown - not asked yet -")
    }

    @Test func aFailureKeepsTheOldAnswerAndSuccessClearsTheError() throws {
        _ = try record(1, #"[{"id":"a"}]"#, at: firstNight)
        try fail(1, at: secondNight)
        #expect(try row("C01") == #"C01 covered 2026-01-01T00:00:00.000Z HTTP 503 [{"id":"a"}]"#)
        #expect(try requests(maxAge: 30, at: secondNight).last == "C01")
        _ = try record(1, #"[{"id":"a"}]"#, at: thirdNight)
        #expect(try row("C01") == #"C01 covered 2026-01-03T00:00:00.000Z - [{"id":"a"}]"#)
        #expect(try !requests(maxAge: 30, at: thirdNight).contains("C01"))
    }

    @Test func onlyOtherAnswersCountAsChanged() throws {
        #expect(try record(1, "[]", at: firstNight) == 1)
        #expect(try record(1, "[]", at: secondNight) == 0)
        #expect(try record(1, #"[{"id":"a"}]"#, at: thirdNight) == 1)
        try fail(2, at: firstNight)
        #expect(try record(2, "[]", at: secondNight) == 1)
    }

    @Test func aBatchIsStoredAsItsAnswersAloneWouldBe() throws {
        _ = try record(2, "[]", at: firstNight)
        _ = try record(3, "[]", at: firstNight)
        try fail(4, at: firstNight)
        let covered = DeviceAnswer.known(Array(#"[{"id":"a"}]"#.utf8))
        let none = DeviceAnswer.known(Array("[]".utf8))
        let answers = [(1, covered), (2, none), (3, covered), (4, none), (5, .unknown("HTTP 503")), (1, none)]
            .map { (id: Int64($0), answer: $1) }
        #expect(try inventory.record(answers, of: .coverage, at: secondNight) == 4)
        #expect(try row("C01") == "C01 none 2026-01-02T00:00:00.000Z - []")
        #expect(try row("C02") == "C02 none 2026-01-02T00:00:00.000Z - []")
        #expect(try row("C03") == #"C03 covered 2026-01-02T00:00:00.000Z - [{"id":"a"}]"#)
        #expect(try row("C04") == "C04 none 2026-01-02T00:00:00.000Z - []")
        #expect(try row("C05") == "C05 unknown - HTTP 503 -")
        #expect(
            try inventory.changes == [
                #"C03 coverage coverage_records [] [{"id":"a"}]"#, #"C01 coverage coverage_records [{"id":"a"}] []"#,
            ]
        )
    }

    @Test func forgettingTheAgeAsksAgainForAllAndForgetsNothingElse() throws {
        for id in Int64(1)...6 { _ = try record(id, "[]", at: secondNight) }
        #expect(try requests(maxAge: 30, at: thirdNight).isEmpty)
        try inventory.forgetAges()
        #expect(try requests(maxAge: 30, at: thirdNight).count == 6)
        #expect(try row("C01") == "C01 none 2026-01-02T00:00:00.000Z - []")
        _ = try record(1, "[]", at: thirdNight)
        #expect(try requests(maxAge: 30, at: thirdNight) == ["C02", "C03", "C04", "C05", "C06"])
    }
}

import Inventory
import Records
import TestSupport
import Testing

@Suite struct DatasetReaderTests {
    let folder: ScratchFolder
    let inventory: Inventory
    static let count = 2500

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
    }

    private static let serials = (0..<count).map(serial)

    /// 2,500 devices, of which every fifth has left.
    private func fill() throws {
        try inventory.list(Self.serials.map { device($0) }, at: firstNight)
        let staying = Self.serials.indices.filter { $0 % 5 != 0 }
        try inventory.list(staying.map { device(Self.serials[$0]) }, at: secondNight)
    }

    private static let gone = Set(serials.indices.filter { $0 % 5 == 0 }.map { serials[$0] })

    /// In the order in which rows are to come: those present, then those that left.
    private static func ordered(_ order: RowOrder) -> [String] {
        let all = order == .serial ? serials.sorted() : serials
        return all.filter { !gone.contains($0) } + all.filter(gone.contains)
    }

    @Test(arguments: RowOrder.allCases) func devicesComeInOrderAndThoseThatLeftLast(_ order: RowOrder) throws {
        try fill()
        let reading = try Reading(inventory, .devices, order: order)
        #expect(reading["serial_number"] == Self.ordered(order))
        #expect(reading.batches.map(\.count) == [500, 500, 500, 500, 500])
        #expect(reading.batches.map(\.isRemoved) == [false, false, false, false, true])
        #expect(reading["removed_at"].map { $0 == nil } == Self.ordered(order).map { !Self.gone.contains($0) })
    }

    @Test(arguments: RowOrder.allCases) func theLimitEndsTheRows(_ order: RowOrder) throws {
        try fill()
        #expect(try Reading(inventory, .devices, order: order, limit: 501).batches.map(\.count) == [500, 1])
        let beyond = try Reading(inventory, .devices, order: order, limit: 2001)
        #expect(beyond["serial_number"] == Array(Self.ordered(order).prefix(2001)))
        #expect(beyond.batches.last?.isRemoved == true)
    }

    @Test(arguments: RowOrder.allCases) func recordsOfADeviceMayLieInTwoBatches(_ order: RowOrder) throws {
        try fill()
        var expected: [String: [String]] = [:]
        var answers: [(id: Int64, answer: DeviceAnswer)] = []
        // Ids count from 1 in the order of arrival. 0 to 12 records each; some have no answer.
        for (index, serial) in Self.serials.enumerated() where index % 11 != 0 {
            let ids = (0..<(index % 13)).map { "\(serial)-\($0)" }
            expected[serial] = ids
            let records = ids.map { #"{"id":"\#($0)","attributes":{"status":"ACTIVE","n":\#(index)}}"# }
            answers.append((Int64(index + 1), .known(Array("[\(records.joined(separator: ","))]".utf8))))
        }
        _ = try inventory.record(answers, of: .coverage, at: secondNight)

        let reading = try Reading(inventory, .coverage, order: order)
        #expect(reading["coverage_id"] == Self.ordered(order).flatMap { expected[$0] ?? [] })
        #expect(
            reading["serial_number"]
                == Self.ordered(order).flatMap { Array(repeating: $0, count: expected[$0]?.count ?? 0) }
        )
        #expect(Set(reading["status"]) == ["ACTIVE"])
        #expect(reading["extra"].allSatisfy { $0?.hasPrefix(#"{"n":"#) == true })
        let borders = zip(reading.batches, reading.batches.dropFirst()).filter { left, right in
            left.display(left[0, left.count - 1]) == right.display(right[0, 0])
        }
        #expect(!borders.isEmpty)
    }

    @Test(arguments: RowOrder.allCases) func aDeviceMayHaveThousandsOfRecords(_ order: RowOrder) throws {
        let serials = ["C01", "C02", "C03"]
        try inventory.list(serials.map { device($0) }, at: firstNight)
        let counts = [2300, 1, 1200]
        let lists = zip(serials, counts).map { serial, count in (0..<count).map { "\(serial)-\($0)" } }
        try inventory.cover(
            serials,
            with: lists.map { ids in "[\(ids.map { #"{"id":"\#($0)","attributes":{}}"# }.joined(separator: ","))]" },
            at: firstNight
        )
        let reading = try Reading(inventory, .coverage, order: order)
        #expect(reading["coverage_id"] == lists.flatMap(\.self))
        #expect(reading.batches.map(\.count) == Array(repeating: 500, count: 7) + [1])
    }

    @Test(arguments: RowOrder.allCases) func theSecondRecordOfAnIDIsRejected(_ order: RowOrder) throws {
        let serials = ["C01", "C02"]
        try inventory.list(serials.map { device($0) }, at: firstNight)
        func record(_ status: String) -> String { #"{"id":"A","attributes":{"status":"\#(status)"}}"# }
        // More repeats than a batch has rows, and a device behind them.
        let repeats = Array(repeating: record("ACTIVE"), count: 1500)
        try inventory.cover(
            serials,
            with: [
                "[\(([record("ACTIVE"), record("INACTIVE")] + repeats).joined(separator: ","))]", "[\(record("X"))]",
            ],
            at: firstNight
        )
        let reading = try Reading(inventory, .coverage, order: order)
        #expect(reading.rows("serial_number", "coverage_id", "status") == ["C01 A ACTIVE", "C02 A X"])
        let rejects = reading.rejects.map { [$0.serialNumber, $0.column, $0.reason.rawValue, $0.value, $0.dataset] }
        #expect(rejects == [["C01", "coverage_id", "repeated_key", #"A: {"status":"INACTIVE"}"#, "coverage"]])
    }

    @Test func serversComeByTheirId() throws {
        let servers = (0..<Self.count).map {
            Resource(type: "mdmServers", id: serial($0), attributes: Array("{}".utf8))
        }
        try inventory.recordServers(servers, at: firstNight)
        let reading = try Reading(inventory, .servers)
        #expect(reading["server_id"] == Self.serials.sorted())
        #expect(reading.batches.map(\.count) == [500, 500, 500, 500, 500])
    }

    @Test func changesComeInTheirSequence() throws {
        try inventory.list([], at: firstNight)
        try inventory.list(Self.serials.map { device($0) }, at: secondNight)
        let reading = try Reading(inventory, .changes)
        #expect(reading["serial_number"] == Self.serials)
        let numbers = reading["seq"].compactMap { $0.flatMap { Int($0) } }
        let first = try #require(numbers.first)
        #expect(numbers == Array(first..<first + Self.count))
    }

    @Test func rejectsSayWhyInWords() throws {
        let rejects = (0..<Self.count).map { number in
            Reject(
                dataset: "devices",
                serialNumber: number == 0 ? nil : serial(number),
                column: "eid",
                reason: .checksum,
                value: "\(number)",
                stage: "eid"
            )
        }
        try inventory.find(rejects, in: "run-1")
        let reading = try Reading(inventory, .rejects)
        #expect(reading["value"].compactMap { $0.flatMap { Int($0) } } == Array(0..<Self.count))
        #expect(reading["serial_number"].prefix(2) == [nil, serial(1)])
        #expect(
            Set(reading.rows("run_id", "dataset", "column", "code", "stage", "message")) == [
                "run-1 devices eid checksum eid its check digits do not match"
            ]
        )
    }

    @Test func nothingGivesNoBatch() throws {
        for schema in Dataset.allCases.map(\.schema) {
            for order in RowOrder.allCases { #expect(try Reading(inventory, schema, order: order).batches.isEmpty) }
        }
    }

    /// Only devices are read here, so that a dataset which read them instead of its own rows would have some.
    @Test(arguments: Dataset.allCases) func everyDatasetReadsItsOwnRows(_ dataset: Dataset) throws {
        try inventory.list([device("C01")], at: firstNight)
        var reader = DatasetReader(inventory, dataset, order: .firstSeen)
        #expect(reader.schema == dataset.schema)
        var rejects: [Reject] = []
        let rows = try reader.next(rejects: &rejects)?.count ?? 0
        #expect(rows == (dataset == .devices ? 1 : 0))
    }

    @Test func wrongValuesAreReportedForTheirDevice() throws {
        try inventory.list([device("C01", #"{"eid":7}"#), device("C02")], at: firstNight)
        let rejects = try Reading(inventory, .devices).rejects
        #expect(rejects.map(\.serialNumber) == ["C01"])
        #expect(rejects.map(\.value) == ["7"])
    }

    @Test func attributesNamedLikeOtherColumnsAreKept() throws {
        try inventory.list([device("C01", #"{"serverName":"mine"}"#)], at: firstNight)
        let reading = try Reading(inventory, .allColumns)
        #expect(reading["server_name"] == [nil])
        #expect(reading["extra"] == [#"{"serverName":"mine"}"#])
    }

    @Test func firstAndLastSeenAreThoseOfTheListings() throws {
        try inventory.list([device("C01")], at: firstNight)
        try inventory.list([device("C01")], at: secondNight)
        let rows = try Reading(inventory, .devices).rows("first_seen_at", "last_seen_at")
        #expect(rows == ["2026-01-01T00:00:00.000Z 2026-01-02T00:00:00.000Z"])
    }
}

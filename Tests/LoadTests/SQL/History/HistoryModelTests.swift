import Records
import Stages
import Testing

/// Histories against a model that remembers every night.
@Suite struct HistoryModelTests {
    /// SplitMix64.
    private struct Draws: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    /// What Apple's list holds, and since when a device is missing in it.
    private struct Fleet {
        var colors: [String: String] = [:]
        var removedAt: [String: Int64] = [:]

        mutating func live(through night: Int64, _ draws: inout Draws) {
            for number in 0..<8 {
                let serial = "SN\(number)"
                switch Int.random(in: 0..<8, using: &draws) {
                case 0, 1: colors[serial] = ["RED", "BLUE", "GOLD"].randomElement(using: &draws)
                case 2 where colors[serial] != nil && removedAt[serial] == nil: removedAt[serial] = night
                case 3: removedAt[serial] = nil
                default: break
                }
            }
        }

        var present: [String: String] { colors.filter { removedAt[$0.key] == nil } }

        func batches(_ night: Int64) -> [Batch] {
            let rows = colors.sorted { $0.key < $1.key }.map { serial, color in
                let removed = removedAt[serial]
                return (
                    removed != nil,
                    [
                        TestValue.text(serial), .text(color), .moment(night * 86_400),
                        removed.map { .moment($0 * 86_400) } ?? .null,
                    ]
                )
            }
            return [
                Batch(rows.filter { !$0.0 }.map(\.1)), Batch(rows.filter { $0.0 }.map(\.1), isRemoved: true),
            ].filter { $0.count > 0 }
        }
    }

    private struct Version {
        let serial, color, from: String
        let to: String?

        func holds(_ moment: String) -> Bool { from <= moment && to.map { moment < $0 } ?? true }
    }

    private func versions(_ database: TestDatabase) async throws -> [Version] {
        func moment(_ text: String) -> String { String(text.prefix(19)).replacing("T", with: " ") }
        return try await database.query(
            "SELECT serial_number, color, valid_from, valid_to FROM fleet_history ORDER BY serial_number, valid_from"
        ).map { row in
            Version(
                serial: row[0] ?? "",
                color: row[1] ?? "",
                from: moment(row[2] ?? ""),
                to: row[3].map(moment)
            )
        }
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete", "keep"])
    func theHistoryHoldsTheTableOfEveryNight(kind: TestDatabase.Kind, removed: String) async throws {
        for seed in [1, 2] as [UInt64] {
            let database = try await TestDatabase(kind)
            let load = try database.loader("removed: \(removed), history: true")
            var draws = Draws(state: seed)
            var fleet = Fleet()
            var table: [String: String] = [:]
            var tables: [String: [String: String]] = [:]
            for number in 0..<20 as Range<Int64> {
                // Some nights come twice: the second time with the same devices, or with others.
                for _ in 0...Int.random(in: 0...1, using: &draws) {
                    if Int.random(in: 0..<4, using: &draws) > 0 { fleet.live(through: number, &draws) }
                    let context = night(number)
                    var session = try await load.open(.fleet, context)
                    _ = try await session.commit(fleet.batches(number))
                    table = removed == "keep" ? table.merging(fleet.present) { $1 } : fleet.present
                    tables[String(context.startedAt.description.prefix(19)).replacing("T", with: " ")] = table
                }
            }
            let live = removed == "mark" ? "WHERE removed_at IS NULL" : ""
            let rows = try await database.query("SELECT serial_number, color FROM fleet \(live)")
            #expect(Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first }) == table)
            let versions = try await versions(database)
            for (moment, table) in tables {
                let valid = versions.filter { $0.holds(moment) }.map { ($0.serial, $0.color) }
                #expect(Dictionary(valid, uniquingKeysWith: { _, _ in "twice" }) == table, "seed \(seed), \(moment)")
            }
            for (version, next) in zip(versions, versions.dropFirst()) where version.serial == next.serial {
                #expect(try #require(version.to) <= next.from)
                #expect(version.to != next.from || version.color != next.color, "one version in two parts")
            }
            #expect(versions.allSatisfy { version in version.to.map { version.from < $0 } ?? true })
            #expect(versions.count > 20, "too little happened to tell anything")
        }
    }
}

import Pipeline
import Records
import Stages
import Testing

/// Odd values in the report.
@Suite struct WarningTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    @Test func aPassOverTheSameRowsCountsThemOnce() async throws {
        let loads = "[desk: { name: a }, desk: { name: b, order: serial }, desk: { name: c }]"
        let report = try await night.run(pipeline(transform: "[warn]", load: loads))
        #expect(report.warnings == [.checkDigitAdded: 3])
        #expect(report.rejects.isEmpty)
        #expect(report.code == .done)
    }

    @Test func transformsOfALoadCountForIt() async throws {
        let loads = "[desk: { name: a, transform: [warn] }, desk: { name: b, order: serial, transform: [hold, warn] }]"
        #expect(try await night.run(pipeline(load: loads)).warnings == [.checkDigitAdded: 6])
    }

    @Test(arguments: ["opening", "writing", "committing"]) func aFirstPassThatFailsLosesNone(_ trouble: String)
        async throws
    {
        desk.lists(serials(1500))
        let loads = "[desk: { name: a, trouble: \(trouble) }, desk: { name: b, order: serial }]"
        #expect(try await night.run(pipeline(transform: "[warn]", load: loads)).warnings == [.checkDigitAdded: 1500])
    }

    @Test func aLimitOfRejectsDoesNotCountThemTwice() async throws {
        let report = try await night.run(pipeline(transform: "[warn]")) { $0.maxRejects = .values(0) }
        #expect(report.code == .done)
        #expect(report.warnings == [.checkDigitAdded: 3])
    }
}

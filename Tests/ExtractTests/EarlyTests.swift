import Extract
import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@testable import AppleClient

/// A stage that asks about new devices while their list still comes.
@Suite struct EarlyTests {
    /// A run against answers written by hand; what it did, and what was asked in which order.
    private func run(_ extract: String, on api: PagesAPI, limit: Int? = nil) async throws -> (RunReport, [String]) {
        try await withTemporaryFolder { folder in
            let text = PipelineText(
                "source: { platform: sandbox }\ninventory: \(folder)/inventory.sqlite\nextract: \(extract)",
                file: "test"
            )
            let catalog = Catalog(extractors: Extractors.all, transforms: [], loaders: [])
            let planning = Planning(catalog, environment: .only([:]), startedAt: .now, needsLoad: false)
            var options = RunOptions()
            options.limit = limit
            let report = try await planning.onePlan(for: text)
                .run(options, startedAt: .now, progress: RunProgress()) { _ in api }
            return (report, api.asked)
        }
    }

    @Test func newDevicesAreAskedAboutBeforeTheListIsComplete() async throws {
        // Its last page does not come before a device was asked about.
        let api = PagesAPI(pages: 3, gate: { page, asked in page < 2 || asked.contains("coverage") })
        let (report, asked) = try await run("[devices, coverage]", on: api)
        #expect(report.failure == nil && report.code == .done)
        let firstCoverage = try #require(asked.firstIndex(of: "coverage"))
        let lastPage = try #require(asked.lastIndex(of: "page"))
        #expect(firstCoverage < lastPage)
        let stages = report.stages.filter { $0.kind == .extract }
        #expect(stages.map(\.name) == ["devices", "coverage"])
        let coverage = try #require(stages.last?.counts)
        #expect(coverage.asked == 6 && coverage.received == 6 && coverage.heldBack == 0)
        #expect(coverage.reasons == [.new: 6])
        #expect(coverage.requests == 6, "counted apart from those of the list")
        #expect(stages.first?.counts.requests == 3)
    }

    @Test(arguments: ["[devices, coverage: { max_requests: 100 }]", "[devices, coverage: { max_time: 1h }]"])
    func aBudgetIsForTheMostUrgentWhichTheWholeListTells(extract: String) async throws {
        let (report, asked) = try await run(extract, on: PagesAPI(pages: 3))
        #expect(report.code == .done)
        #expect(asked == ["page", "page", "page"] + Array(repeating: "coverage", count: 6))
    }

    @Test func aRunOfSomeDevicesAsksNothingEarly() async throws {
        let (report, asked) = try await run("[devices, coverage]", on: PagesAPI(pages: 3), limit: 2)
        #expect(report.code == .done)
        #expect(asked.filter { $0 == "coverage" }.count == 2)
        #expect(asked.first == "page" && asked.last == "coverage")
    }

    @Test func whatWasLimitedEarlyIsAskedWhenItIsTheStagesTurn() async throws {
        let api = PagesAPI(pages: 3, mostEarly: 1)
        let (report, asked) = try await run("[devices, coverage]", on: api)
        #expect(report.code == .done)
        #expect(report.stages.last?.counts.reasons == [.new: 6])
        #expect(asked.filter { $0 == "coverage" }.count == 6, "none twice")
    }

    @Test func aDeviceWithoutAnAnswerIsNotAskedTwiceInOneRun() async throws {
        let api = PagesAPI(pages: 3, coverageError: APIError(.unavailable, "no answer"))
        let (report, asked) = try await run("[devices, coverage]", on: api)
        let coverage = try #require(report.stages.last?.counts)
        #expect(coverage.unknown == 6 && coverage.asked == 6 && coverage.heldBack == 0)
        #expect(asked.filter { $0 == "coverage" }.count == 6)
    }

    @Test func anAccountThatIsDeniedLeavesOutAllThatAreDue() async throws {
        let api = PagesAPI(pages: 30, coverageError: APIError(.forbidden, "HTTP 403"))
        let (report, asked) = try await run("[devices, coverage]", on: api)
        let failure = try #require(report.stages.last?.failure)
        #expect(failure.message.contains("20 requests in a row were denied"))
        #expect(failure.advice?.contains("40 devices wait") == true, "\(failure.advice ?? "")")
        #expect(asked.filter { $0 == "coverage" }.count == 20)
    }

    @Test func aListThatFailsEndsWhatWasBegun() async throws {
        let api = PagesAPI(
            pages: 3,
            gate: { page, asked in
                if page == 2, asked.contains("coverage") { throw APIError(.credentialsRefused, "the key was revoked") }
                return page < 2
            }
        )
        let (report, asked) = try await run("[devices, coverage]", on: api)
        #expect(report.failure?.message == "the key was revoked")
        #expect(report.stages.map(\.name) == ["devices", "coverage"])
        #expect(report.stages.map(\.status) == [.failed, .partial])
        #expect(report.stages.reduce(0) { $0 + $1.counts.requests } == asked.count, "all requests are told")
    }

    @Test func withoutALimitAllWorkAtOnceAndTheReportAddsUp() async throws {
        try await Nights.with(.with(devices: 2500)) { nights in
            let run = try await nights.run("[devices, assignments, coverage, activation_lock]")
            let statistics = await nights.sandbox.statistics.requests
            for (stage, endpoint) in [("coverage", EndpointFamily.coverage), ("activation_lock", .activationLock)] {
                #expect(run[stage]?.counts.requests == statistics[endpoint])
                #expect(run[stage]?.counts.asked == nights.listed().count)
            }
            #expect(run["devices"]?.counts.requests == statistics[.devices])
        }
    }
}

/// Pages of two devices each, and coverage for them.
private final class PagesAPI: APIDouble {
    typealias Gate = @Sendable (_ page: Int, _ asked: [String]) throws -> Bool

    private struct Script: Sendable {
        let pages: Int
        /// After so many requests before their turn, nothing more is asked early.
        let mostEarly: Int?
        /// Why there is no answer about a device.
        let coverageError: APIError?
        /// Whether a page may come by now.
        let gate: Gate
    }
    private final class Log: Sendable { let entries = Mutex<[String]>([]) }

    private let script: Script
    private let log: Log
    private let isEarly: Mutex<Bool>
    private let sent = Mutex(0)

    init(
        pages: Int,
        mostEarly: Int? = nil,
        coverageError: APIError? = nil,
        gate: @escaping Gate = { _, _ in true }
    ) {
        script = Script(pages: pages, mostEarly: mostEarly, coverageError: coverageError, gate: gate)
        log = Log()
        isEarly = Mutex(false)
    }

    private init(ahead api: PagesAPI) {
        script = api.script
        log = api.log
        isEarly = Mutex(true)
    }

    var asked: [String] { log.entries.withLock { $0 } }
    var requestCount: Int { sent.withLock { $0 } }
    func ahead() -> any AppleAPI { PagesAPI(ahead: self) }
    func takeTurn() { isEarly.withLock { $0 = false } }

    func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError) {
        for number in 0..<count {
            if let most = script.mostEarly, isEarly.withLock({ $0 }), requestCount >= most {
                throw APIError(.budgetSpent, "limited")
            }
            let result: Result<[UInt8], APIError>
            do {
                result = .success(Array(try await answer(target(number)).utf8))
            } catch let error as APIError {
                result = .failure(error)
            } catch {
                throw APIError(.cancelled, "interrupted")
            }
            if !receive([APIAnswer(number: number, result: result)]) { return }
        }
    }

    private func answer(_ target: APITarget) async throws -> String {
        guard case .path(let path, let query) = target else { return "" }
        if path.hasSuffix("/appleCareCoverage") {
            note("coverage")
            if let error = script.coverageError { throw error }
            return #"{"data":[],"links":{}}"#
        }
        let page = query.first { $0.name == "cursor" }.flatMap { Int($0.value) } ?? 0
        note("page")
        while try !script.gate(page, asked) { try await Task.sleep(for: .milliseconds(2)) }
        let devices = (0..<2).map { #"{"type":"orgDevices","id":"C\#(page)X\#($0)","attributes":{}}"# }
        let cursor = page + 1 < script.pages ? #""nextCursor":"\#(page + 1)""# : ""
        return #"{"data":[\#(devices.joined(separator: ","))],"meta":{"paging":{\#(cursor)}}}"#
    }

    private func note(_ what: String) {
        log.entries.withLock { $0.append(what) }
        sent.withLock { $0 += 1 }
    }
}

import Pipeline
import Records
import Stages
import Testing

@Suite struct ExtractFailureTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let yaml = pipeline(
        extract: "[devices, coverage, details]",
        load: "[desk: { name: a, columns: [serial_number] }]"
    )

    private func fail(_ stage: String, _ error: any Error) { desk.when(stage) { _ in throw error } }

    @Test(arguments: [
        (APIError(.unavailable, "HTTP 503"), Outcome.sourceUnavailable),
        (APIError(.forbidden, "HTTP 403"), .credentialsRefused),
        (APIError(.unsafe, "another host"), .sourceUnavailable),
    ])
    func withoutDevicesNothingIsLoaded(_ error: APIError, _ code: Outcome) async throws {
        fail("devices", error)
        let report = try await night.run(yaml)
        #expect(report.code == code)
        #expect(report.failure?.message == error.message)
        #expect(desk.events == ["devices"])
        #expect(report.outcome == ["extract devices failed"])
        #expect(desk.api.closings == 1)
    }

    @Test func aGuardOfTheListStopsTheRun() async throws {
        fail("devices", Failure(.badData, "the list lacks 20 of 20 known devices"))
        #expect(try await night.run(yaml).code == .badData)
        #expect(desk.events == ["devices"])
    }

    @Test(
        arguments: [
            APIError(.unavailable, "HTTP 503"), APIError(.forbidden, "HTTP 403"), APIError(.notFound, "HTTP 404"),
            JSONError.sample, Failure(.badData, "cannot be read"),
        ] as [any Error]
    )
    func anotherStageMayFail(_ error: any Error) async throws {
        fail("coverage", error)
        let report = try await night.run(yaml)
        #expect(report.code == .partial)
        #expect(report.failure == nil)
        #expect(desk.events == ["devices", "coverage", "details", "open a", "commit a"])
        #expect(desk.rows("a").count == 3)
        #expect(
            report.outcome == [
                "extract devices done", "extract coverage failed", "extract details done", "load desk a done",
            ]
        )
        #expect(report.stage("coverage")?.failure != nil)
    }

    @Test(
        arguments: [
            (APIError(.credentialsRefused, "the token is refused"), Outcome.credentialsRefused),
            (APIError(.cancelled, "cancelled"), .interrupted),
            (Failure(.destinationFailed, "the disk is full"), .destinationFailed),
        ] as [(any Error, Outcome)]
    )
    func whatConcernsAllStagesStopsTheRun(_ error: any Error, _ code: Outcome) async throws {
        fail("coverage", error)
        let report = try await night.run(yaml)
        #expect(report.code == code)
        #expect(desk.events == ["devices", "coverage"])
        #expect(desk.load("a") == nil)
        #expect(desk.api.closings == 1)
    }

    @Test func whatStaysUnknownMakesTheRunPartial() async throws {
        desk.when("coverage") { context in context.meter.update { $0.unknown = 1 } }
        let report = try await night.run(yaml)
        #expect(report.code == .partial)
        #expect(report.stage("coverage")?.status == .partial)
        #expect(desk.load("a")?.end == .committed)
    }

    @Test func noConnectionIsTheRunsFailure() async throws {
        let connect: Connect = { _ in throw APIError(.credentialsRefused, "invalid_client", advice: "look at the key") }
        let report = try await night.run(yaml, connect: connect)
        #expect(report.code == .credentialsRefused)
        #expect(report.failure?.advice == "look at the key")
        #expect(report.stages.isEmpty)
    }

    @Test func whatAnErrorMeansIsSaidOnce() {
        #expect(Failure(of: CancellationError()).code == .interrupted)
        #expect(Failure(of: JSONError.sample).code == .sourceUnavailable)
        #expect(Failure(of: PlanError([])).code == .pipelineInvalid)
        let failure = Failure(.locked, "in use", advice: "wait")
        #expect(Failure(of: failure) == failure)
    }
}

extension JSONError {
    static var sample: any Error {
        do {
            try JSONReader().members("[".utf8) { _ in }
            return Failure(.usage, "no error")
        } catch {
            return error
        }
    }
}

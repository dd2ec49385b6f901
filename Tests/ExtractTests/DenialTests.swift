import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import Extract

/// Apple denies a device, or the account.
@Suite struct DenialTests {
    private func switches(_ change: (inout SandboxSwitches) -> Void) -> SandboxSwitches {
        var switches = SandboxSwitches()
        change(&switches)
        return switches
    }

    @Test(arguments: ["coverage", "activation_lock"], [SandboxSwitches.Denied.some, .unauthorized])
    func aDeviceThatIsDeniedIsThatDevicesAnswer(stage: String, denied: SandboxSwitches.Denied) async throws {
        try await Nights.with(
            .with(devices: 400) { $0.switches.denied = denied }
        ) { nights in
            let run = try #require(try await nights.run("[devices, \(stage)]")[stage])
            let fleet = nights.sandbox.fleet
            let deniedDevices = nights.listed().filter { fleet.isDenied(at: $0.index) }
            #expect(deniedDevices.count > 5)
            #expect(run.status == .partial && run.failure == nil)
            #expect(run.counts.asked == nights.listed().count && run.counts.heldBack == 0)
            guard stage == "coverage" else { return }
            #expect(run.counts.unknown == deniedDevices.count)
            let rows = try nights.rows(.everything, "serial_number", "coverage_state", "coverage_error")
            for device in nights.listed() {
                let isDenied = fleet.isDenied(at: device.index)
                #expect((rows[device.serial]?[0] == "unknown") == isDenied)
                #expect((rows[device.serial]?[1]?.contains(denied.rawValue) ?? false) == isDenied)
            }
        }
    }

    @Test func anAccountThatIsDeniedIsAskedOnceANightUntilItsRoleChanges() async throws {
        try await Nights.with(.with(devices: 300)) { nights in
            let requests = { await nights.sandbox.statistics.requests[.coverage, default: 0] }
            await nights.sandbox.setSwitches(switches { $0.role = .noCoverage })
            let first = try #require(try await nights.run("[devices, coverage]", at: nights.night(1))["coverage"])
            #expect(first.status == .failed)
            #expect(first.failure?.code == .credentialsRefused)
            #expect(first.failure?.message.contains("20 requests in a row were denied") == true)
            #expect(first.failure?.advice?.contains("until then, each run asks for only one device") == true)
            // What was under way besides.
            #expect((20...40).contains(await requests()))
            #expect(first.remarks.allSatisfy { !$0.contains("wait for the next run") })

            for night in 2...3 as ClosedRange<Int64> {
                let before = await requests()
                let next = try #require(
                    try await nights.run("[devices, coverage]", at: nights.night(night))["coverage"]
                )
                #expect(await requests() == before + 1)
                #expect(next.failure?.message.contains("(as since \(nights.night(1)))") == true)
            }
            await nights.sandbox.setSwitches(SandboxSwitches())
            let last = try #require(try await nights.run("[devices, coverage]", at: nights.night(4))["coverage"])
            #expect(last.status == .done)
            let states = try nights.rows(.everything, "serial_number", "coverage_state").values
            #expect(states.allSatisfy { $0 != ["unknown"] })
        }
    }

    /// Twenty new devices are denied, and one that is known is not.
    @Test func aDeviceThatWasAnsweredBeforeTells() async throws {
        try await withAnswered(10, more: 60) { inventory, known in
            let stage = try #require(try Nights.stage("coverage: { max_age: 10000d }"))
            func sync(deniesAll: Bool) async throws -> (counts: StageCounts, asked: [String]) {
                let api = CannedAPI { (path, _) throws(APIError) in
                    guard deniesAll || !known.contains(where: { path.contains("/\($0)/") }) else {
                        return #"{"data":[]}"#
                    }
                    throw APIError(.forbidden, "HTTP 403")
                }
                let meter = StageMeter()
                defer { _ = meter }
                try await stage.sync(
                    SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: meter)
                )
                return (meter.current, api.requests)
            }
            let first = try await sync(deniesAll: false)
            #expect(first.counts.unknown == 60 && first.counts.received == 1)
            #expect(try inventory.denial(of: .coverage) == nil)
            // Now all are, and the run before this one has answers.
            let stopped = await #expect(throws: APIError.self) { _ = try await sync(deniesAll: true) }
            #expect(stopped?.kind == .forbidden)
            #expect(try inventory.denial(of: .coverage) != nil)
        }
    }

    @Test(arguments: [APIError(.badRequest, "HTTP 400"), APIError(.notFound, "HTTP 404")])
    func anotherRefusalOfManyDevicesIsTheirAnswerToo(_ error: APIError) async throws {
        try await withAnswered(1, more: 100) { inventory, known in
            let stage = try #require(try Nights.stage("coverage: { max_age: 10000d }"))
            let api = CannedAPI { (path, _) throws(APIError) in
                if known.contains(where: { path.contains("/\($0)/") }) { return #"{"data":[]}"# }
                throw error
            }
            let meter = StageMeter()
            try await stage.sync(SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: meter))
            #expect(meter.current.unknown == 100)
            #expect(try inventory.denial(of: .coverage) == nil)
        }
    }

    @Test func deviceByDeviceReadingsGoOnToo() async throws {
        try await withAnswered(0, more: 60) { inventory, _ in
            let gone = try inventory.beginListing(at: .now)
            _ = try inventory.record([], in: gone, next: nil, at: .now)
            _ = try inventory.complete(gone, at: .now)
            func details(_ answer: @escaping CannedAPI.Answer) async throws -> StageCounts {
                let meter = StageMeter()
                let context = SyncContext(
                    api: CannedAPI(answer),
                    inventory: inventory,
                    startedAt: .now,
                    limit: nil,
                    meter: meter
                )
                try await Details(maxRequests: 1000).sync(context)
                return meter.current
            }
            let denied = await #expect(throws: APIError.self) {
                _ = try await details { (_, _) throws(APIError) in throw APIError(.forbidden, "HTTP 403") }
            }
            #expect(denied?.kind == .forbidden)
            let mixed = try await details { (path, _) throws(APIError) in
                guard path.hasSuffix("C0") || path.hasSuffix("C59") else { throw APIError(.forbidden, "HTTP 403") }
                throw APIError(.notFound, "HTTP 404", missing: "orgDevices")
            }
            #expect(mixed.unknown == 58 && mixed.received == 2)
        }
    }

    /// An inventory of devices of which some were answered for in an earlier run.
    private func withAnswered(
        _ answered: Int,
        more: Int,
        _ test: (Inventory, _ known: [String]) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            let earlier = Timestamp(seconds: 1_767_225_600)
            func list(_ serials: [String]) throws {
                let listing = try inventory.beginListing(at: earlier)
                let devices = serials.map { Resource(type: "orgDevices", id: $0, attributes: Array("{}".utf8)) }
                _ = try inventory.record(devices, in: listing, next: nil, at: earlier)
                _ = try inventory.complete(listing, at: earlier)
            }
            let known = (0..<answered).map { "K\($0)" }
            try list(known)
            let (requests, _) = try inventory.deviceRequests(.coverage, maxAge: 86_400, at: earlier, limit: 1000)
            _ = try inventory.record(requests.map { ($0.id, .known(Array("[]".utf8))) }, of: .coverage, at: earlier)
            try list(known + (0..<more).map { "C\($0)" })
            try await test(inventory, known)
        }
    }
}

@Suite struct DenialsTests {
    @Test func twentyInARowAreAQuestionAndADeviceThatWasAnsweredBeforeDecides() {
        var denials = Denials()
        for _ in 1..<20 { #expect(denials.note() == .device) }
        #expect(denials.note() == .unclear)
        // What was under way meanwhile.
        #expect(denials.note() == .device)
        #expect(denials.note(wasAnswered: true) == .account)
    }

    @Test func oneAnswerInTheRunDecidesToo() {
        var denials = Denials()
        for _ in 0..<19 { _ = denials.note() }
        denials.noteAnswer()
        for _ in 0..<100 { #expect(denials.note() == .device) }
        #expect(denials.note(wasAnswered: true) == .device)
    }

    @Test func aDeviceThatSaysNothingLeavesTheQuestionToTheNextTwenty() {
        var denials = Denials()
        for _ in 0..<20 { _ = denials.note() }
        denials.noteNothing()
        for _ in 1..<20 { #expect(denials.note() == .device) }
        #expect(denials.note() == .unclear)
    }
}

import Inventory
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Plan {
    /// Runs a case in an inventory of its own: its devices, the transforms, and the case's load with a stand-in as
    /// destination.
    ///
    /// - Returns: one line for each difference; none if the case passes.
    package func differences(in test: TestCase) async throws -> [String] {
        let folder = "\(TemporaryFolder.path)/axport-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let inventory = try Inventory(path: "\(folder)/case.sqlite", identity: "case")
        defer { inventory.close() }
        try inventory.record(test)
        let (rows, rejects) = (Sample(), Sample())
        let plan = sampling(test, rows: rows, rejects: rejects)
        let progress = RunProgress()
        let context = plan.context(of: Self.runID(test.moment), startedAt: test.moment).rehearsing
        do {
            for time in Dataset.LoadTime.allCases {
                _ = try await plan.load(time, from: inventory, limit: nil, context: context, progress: progress)
            }
            try progress.requireNoFailure()
        } catch let failure as Failure where failure.code == .badData {
            return [failure.message]
        }
        func compared(_ sample: Sample, _ expected: [ExpectedRow]?, _ name: String) -> [String] {
            guard let expected, let found = sample.rows?.after else { return [] }
            return RowComparison(found, expected, named: name).differences
        }
        return compared(rows, test.rows, "row") + compared(rejects, test.rejects, "reject")
    }

    /// The same plan with the case's load, which keeps its rows, and with the rejected values. All loads reject
    /// values, so a load of those needs the others.
    private func sampling(_ test: TestCase, rows: Sample, rejects: Sample) -> Plan {
        var plan = self
        plan.at = test.moment
        let load = loads[test.load]
        rows.begin(load.output)
        for index in loads.indices { plan.loads[index].loader = StandIn("", NoOutput()) }
        plan.loads[test.load].loader = StandIn("", SampledOutput(sample: rows))
        if load.dataset != .rejects { plan.loads = [plan.loads[test.load]] }
        rejects.begin(.rejects)
        let rejected = LoadPlan(
            origin: load.origin,
            loader: StandIn("", SampledOutput(sample: rejects)),
            dataset: .rejects,
            order: .firstSeen,
            transforms: [],
            columns: Array(Schema.rejects.fields.indices),
            output: .rejects
        )
        plan.loads.append(rejected)
        return plan
    }
}

extension Inventory {
    /// Stores what Apple would answer about the devices of a case.
    fileprivate func record(_ test: TestCase) throws {
        let listing = try beginListing(at: test.moment)
        let page = test.devices.map { Resource(type: "orgDevices", id: $0.serial, attributes: $0.attributes) }
        var keys: [String: Int64] = [:]
        _ = try record(page, in: listing, next: nil, at: test.moment) { found in
            for key in found { keys[key.serial] = key.id }
        }
        _ = try complete(listing, at: test.moment)
        try recordServers(test.servers, at: test.moment)
        let lists = try AssignmentLists(of: self)
        for device in test.devices {
            guard let server = device.server else { continue }
            try lists.add([device.serial])
            try lists.end(as: server)
        }
        _ = try lists.record(at: test.moment)
        for facet in Facet.allCases {
            let answers = test.devices.compactMap { device in
                keys[device.serial].flatMap { id in
                    device.answers[facet].map { (id: id, answer: DeviceAnswer.known($0)) }
                }
            }
            if !answers.isEmpty { _ = try record(answers, of: facet, at: test.moment) }
        }
    }
}

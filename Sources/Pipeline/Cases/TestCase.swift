import Records
import Stages

/// A case of the section `tests`: devices as Apple sends them, and the rows that a load makes of them.
package struct TestCase: Sendable {
    package let name: String
    package let location: SourceLocation
    /// The moment that counts as now.
    let moment: Timestamp
    let devices: [CaseDevice]
    /// The position of the load in the plan.
    let load: Int
    /// Nil if the case says nothing about them.
    let rows, rejects: [ExpectedRow]?

    /// The moment of cases that name none, so that they have the same result on every day.
    private static let usualMoment = Timestamp(seconds: 1_767_225_600)

    /// Nil if it has problems.
    ///
    /// - Parameters:
    ///   - loads: nil if they have problems themselves.
    ///   - moment: what counts as now if the case does not say.
    private init?(
        _ settings: CaseSettings,
        at location: SourceLocation,
        loads: [LoadPlan]?,
        or moment: Timestamp,
        problems: inout Problems
    ) {
        self.location = location
        name = settings.name
        self.moment = settings.moment?.timestamp ?? moment
        let known = problems.found.count
        devices = settings.devices.nodes.compactMap { CaseDevice($0, problems: &problems) }
        var serials: Set<String> = []
        for device in devices where !serials.insert(device.serial).inserted {
            problems.add(Diagnostic("the case has the device \(device.serial) twice", at: device.location))
        }
        if settings.rows == nil, settings.rejects == nil {
            problems.add(
                Diagnostic("the case expects nothing", hint: "add `expect` with rows, or `rejects`", at: location)
            )
        }
        guard let loads, let load = problems.keep(try LoadChoice(loads).index(of: settings.load, at: location)) else {
            return nil
        }
        self.load = load
        rows = settings.rows?.read(loads[load].output, isExact: settings.isExact, problems: &problems)
        rejects = settings.rejects?.read(.rejects, isExact: false, problems: &problems)
        if problems.found.count > known { return nil }
    }

    /// Reads the section.
    ///
    /// - Parameters:
    ///   - loads: nil if they have problems themselves.
    ///   - moment: what counts as now in cases that do not say; nil for the usual one.
    static func read(
        _ node: ConfigNode?,
        loads: [LoadPlan]?,
        at moment: Timestamp?,
        problems: inout Problems
    ) -> [TestCase] {
        var cases: [TestCase] = []
        var names: Set<String> = []
        for item in node?.stages(of: "tests", problems: &problems) ?? [] {
            do {
                let settings = try CaseSettings.spec.build(key: item, body: item)
                if !names.insert(settings.name).inserted {
                    problems.add(Diagnostic("a case '\(settings.name)' already exists", at: item.location))
                }
                let moment = moment ?? usualMoment
                if let one = TestCase(settings, at: item.location, loads: loads, or: moment, problems: &problems) {
                    cases.append(one)
                }
            } catch {
                problems.add(error.diagnostics)
            }
        }
        return cases
    }
}

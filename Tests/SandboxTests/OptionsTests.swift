import Sandbox
import Testing

@Suite struct OptionsTests {
    @Test func faultsAreReadFromText() throws {
        #expect(try Fault(parsing: "500:0.02") == Fault(.serverError, 0.02))
        #expect(try Fault.list(parsing: "reset:0.01,truncate:1") == [Fault(.reset, 0.01), Fault(.truncate, 1)])
    }

    @Test func anUnknownFaultNamesTheKnownOnes() {
        let error = #expect(throws: SandboxError.self) { try Fault(parsing: "explode:0.5") }
        #expect(error?.message.hasPrefix("no fault 'explode'; choose one of 500, 503, reset, truncate") == true)
    }

    @Test(arguments: ["500", "500:", "500:2", "500:-1", "500:0.1:2", "500:often"])
    func aFaultNeedsAProbability(_ text: String) {
        let error = #expect(throws: SandboxError.self) { try Fault(parsing: text) }
        #expect(error?.message.contains("probability") == true)
    }

    @Test func ratesAreReadFromText() throws {
        #expect(try SandboxOptions.rate(parsing: "200") == 200)
        #expect(try SandboxOptions.rate(parsing: "200/s") == 200)
        #expect(try SandboxOptions.rate(parsing: "20/m") == 20.0 / 60)
        for wrong in ["", "fast", "0", "-3", "20/h", "20/m/s", "/s", "inf"] {
            #expect(throws: SandboxError.self) { try SandboxOptions.rate(parsing: wrong) }
        }
    }

    @Test(arguments: [false, true]) func everySwitchTakesEachOfItsValues(ofActivities: Bool) throws {
        for named in ofActivities ? SandboxSwitches.activitySwitches : SandboxSwitches.all {
            #expect(named.values.count > 1)
            let settings = try named.values.map { value in
                guard ofActivities else { return try SandboxSwitches(parsing: ["\(named.name)=\(value)"]) }
                var switches = SandboxSwitches()
                try switches.setActivities(parsing: ["\(named.name)=\(value)"])
                return switches
            }
            #expect(Set(settings).count == named.values.count)
            #expect(settings[0] == SandboxSwitches(), "the first value is the default")
        }
    }

    @Test(arguments: [
        "lag=15", "lag=reads", "lag=-1s", "pending=soon", "posts=10", "posts=0/h", "posts=10/d", "most=0", "speed=fast",
        "speed=-1", "link=", "link",
    ])
    func wrongValuesOfActivitiesAreRefusedWithAnExample(_ setting: String) throws {
        var switches = SandboxSwitches()
        let wrong = #expect(throws: SandboxError.self) { try switches.setActivities(parsing: [setting]) }
        let name = setting.prefix { $0 != "=" }
        #expect(wrong?.message.hasPrefix("'\(setting)': expected \(name) to be a value such as ") == true)
        #expect(switches == SandboxSwitches())
    }

    @Test func switchesOfActivitiesAreAListOrRepeated() throws {
        var switches = SandboxSwitches()
        try switches.setActivities(parsing: ["lag=3reads,unknown=409", "posts=10/h"])
        var expected = SandboxSwitches()
        expected.activities.lag = .reads(3)
        expected.activities.unknown = .refused
        expected.activities.posts = PostLimit(10, inSeconds: 3600)
        #expect(switches == expected)
    }

    @Test func wrongSwitchesNameWhatThereIs() {
        let unknown = #expect(throws: SandboxError.self) { try SandboxSwitches(parsing: ["nxt=full"]) }
        #expect(unknown?.message.hasPrefix("no switch 'nxt'; choose one of unassigned, ethernet") == true)
        for setting in ["next", "next=", "next=half"] {
            let wrong = #expect(throws: SandboxError.self) { try SandboxSwitches(parsing: [setting]) }
            #expect(wrong?.message == "'\(setting)': expected next to be one of bare, full")
        }
    }
}

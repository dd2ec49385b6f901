import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// Numbers that no setting can mean end in one message at their place, not the process.
@Suite struct NumberSettingTests {
    static let odd = [
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775808", "-1", "1e400",
        "1e19",
        "-1e19", "nan", "inf", "0x7fffffffffffffff", "1_000", "٣", "99999999999999999999999999999999999999", "1e-400",
    ]
    static let settings = ["rate", "max_in_flight", "devices", "seed", "night"]

    @Test(arguments: odd) func aNumberIsTakenOrRefusedWithItsPlace(_ number: String) throws {
        for setting in Self.settings + ["max_wait", "max_time"] {
            for unit in setting.hasPrefix("max_") && setting != "max_in_flight" ? ["s", "d"] : [""] {
                let found = try problems(
                    "source: { platform: sandbox, \(setting): \(number)\(unit) }\nextract: [devices]\nload: [desk: { name: a }]\n"
                )
                #expect(found.count <= 1, "\(found)")
                if setting == "seed", number == "9223372036854775807" { continue }
                #expect(found.count == 1, "\(setting): \(number)\(unit)")
            }
        }
    }

    @Test func theSandboxIsOfASizeThatFitsAMachine() throws {
        for (setting, range) in [("devices", "0 to 10000000"), ("night", "1 to 10000")] {
            let found = try problems(pipeline(source: "{ platform: sandbox, \(setting): 10000001 }"))
            #expect(found.map { $0.hasSuffix("\(setting) must be from \(range)") } == [true], "\(found)")
        }
        #expect(try problems(pipeline(source: "{ platform: sandbox, devices: 10000000, night: 10000 }")).isEmpty)
    }
}

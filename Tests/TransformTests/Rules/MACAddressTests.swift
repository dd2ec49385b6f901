import Records
import Testing
import Transform

@Suite struct MACAddressTests {
    @Test(arguments: Vector.load("mac", field: "mac"))
    func followsTheVector(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: MACAddress.self)) { "\"\($0.text(.colonLower))\"" }
    }

    @Test(arguments: Vector.load("mac", field: "mac_format"))
    func writesTheStyle(_ vector: Vector) throws {
        let style = try #require(MACStyle(rawValue: String(vector.member("style").dropFirst().dropLast())))
        vector.expect(try judge(json: vector.member("mac"), as: MACAddress.self)) { "\"\($0.text(style))\"" }
    }

    @Test(arguments: MACStyle.allCases)
    func everyStyleReadsBack(_ style: MACStyle) {
        expectFixedPoints(of: MACAddress.self, style: style, alphabet: "0248ace13579bdf:-. ")
        let address = judge("3c:22:fb:0a:0b:0c", as: MACAddress.self).value
        #expect(judge(address?.text(style) ?? "", as: MACAddress.self).value == address)
    }

    @Test func stylesHaveTheNamesOfTheirWriters() {
        let names = "colon_lower colon_upper hyphen_lower hyphen_upper cisco_dot bare_lower bare_upper"
        #expect(MACStyle.allCases.map { "\($0)" }.joined(separator: " ") == names)
    }

    @Test(arguments: [
        ("00.00.5e.00.53.af", Reason.ok), ("00005e-0053af", .ok), ("0:0:5e:0:53:a", .ok),
        ("\u{FEFF}00005e0053af\n", .ok),
        ("0-0-5e-0-53-af", .format), ("0000:5e00:53af", .format), ("00005e.0053af", .format),
        ("000:00:5e:00:53:af", .format),
        (":00:00:5e:00:53:af", .format), ("00:00:5e:00:53:af:", .format), ("00:00::5e:00:53:af", .format),
        ("00 00 5e  00 53 af", .format), ("00\u{00A0}00\u{00A0}5e\u{00A0}00\u{00A0}53\u{00A0}af", .format),
        ("0000-5e00-53", .format), ("00005e0053a", .format), ("MAC 00005e0053af", .format), ("00005e0053af0", .format),
        ("0000.5eff.fe00.53af", .eui64), ("00-00-5e-ff-fe-00-53-af", .eui64), ("0:0:5e:ff:fe:0:53:af", .eui64),
        ("0000-5eff-fe00-53af", .eui64), ("00005eff-fe0053af", .eui64), ("00:00:5e:00:53:af:00", .format),
        ("000000000000", .placeholder), ("FFFF.FFFF.FFFF", .placeholder), ("0:0:0:0:0:0", .placeholder),
        ("2:0:0:0:0:0", .placeholder), ("03:00:00:00:00:00", .multicast), ("-", .placeholder), ("null", .placeholder),
    ])
    func judgesText(_ text: String, _ reason: Reason) {
        #expect(judge(text, as: MACAddress.self).reason == reason)
    }

    @Test func numbersAreRefused() throws {
        #expect(try judge(json: "112233445566", as: MACAddress.self).reason == .type)
    }
}

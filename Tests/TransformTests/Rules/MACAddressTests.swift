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
        let style = try #require(try? MACStyle(reading: String(vector.member("style").dropFirst().dropLast())))
        vector.expect(try judge(json: vector.member("mac"), as: MACAddress.self)) { "\"\($0.text(style))\"" }
    }

    @Test(arguments: MACStyle.named.map(\.value))
    func everyStyleReadsBack(_ style: MACStyle) {
        expectFixedPoints(of: MACAddress.self, style: style, alphabet: "0248ace13579bdf:-. ")
        let address = judge("3c:22:fb:0a:0b:0c", as: MACAddress.self).value
        #expect(judge(address?.text(style) ?? "", as: MACAddress.self).value == address)
    }

    @Test func stylesHaveTheNamesOfTheirWriters() {
        let names = "colon_lower colon_upper hyphen_lower hyphen_upper cisco_dot quad_hyphen bare_lower bare_upper"
        #expect(MACStyle.names.joined(separator: " ") == names)
        #expect(MACStyle.named.map { "\($0.value)" } == MACStyle.names)
    }

    @Test(
        arguments: [
            ("xxxx.xxxx.xxxx", "3c22.fb0a.0b0c", "cisco_dot"), ("xxxx-xxxx-xxxx", "3c22-fb0a-0b0c", "quad_hyphen"),
            ("XXXX-XXXX-XXXX", "3C22-FB0A-0B0C", "XXXX-XXXX-XXXX"), ("xxxxxx-xxxxxx", "3c22fb-0a0b0c", "xxxxxx-xxxxxx"),
            ("XXX.XXX.XXX.XXX", "3C2.2FB.0A0.B0C", "XXX.XXX.XXX.XXX"), ("xx xx xx - xxxxxx", "3c 22 fb - 0a0b0c", nil),
            ("xx:xx:xx:xx:xx:xx", "3c:22:fb:0a:0b:0c", "colon_lower"), ("quad_hyphen", "3c22-fb0a-0b0c", "quad_hyphen"),
        ] as [(String, String, String?)]
    )
    func aMaskIsAStyle(_ mask: String, _ expected: String, _ name: String?) throws {
        let style = try MACStyle(reading: mask)
        #expect(judge("3c:22:fb:0a:0b:0c", as: MACAddress.self).value?.text(style) == expected)
        #expect(style.description == name ?? mask)
    }

    @Test(arguments: [
        ("xxxx.xxxx.xxx", "a mask has 12 x, one for each hexadecimal digit, and this has 11"),
        ("XX:XX:XX:XX:XX:XX:X", "a mask has 12 X, one for each hexadecimal digit, and this has 13"),
        ("xx:xx", "a mask has 12 x, one for each hexadecimal digit, and this has 4"),
        ("xx:xx:xx:XX:XX:XX", "a mask has either x, for lowercase digits, or X, for uppercase"),
        (".xxxx.xxxx.xxxx", "a mask begins and ends with x"), ("xxxxxxxxxxxx ", "a mask begins and ends with x"),
        ("xxxx.xxxx.xxxx!g", "'g' cannot be part of a mask; separate the digits with : - . or a space"),
        ("xxxx1xxxx1xxxx", "'1' cannot be part of a mask; separate the digits with : - . or a space"),
        ("xxxx–xxxx–xxxx", "'–' cannot be part of a mask; separate the digits with : - . or a space"),
        ("3c:22:fb:0a:0b:0c", "expected colon_lower or "), ("hex", "expected colon_lower or "),
        ("", "expected colon_lower or "),
        ("quad_hyphens", "expected \(MACStyle.typeName); did you mean 'quad_hyphen'?"),
    ])
    func aWrongMaskIsExplained(_ mask: String, _ message: String) {
        expectProblems("mac: { style: 1️⃣'\(mask)' }", "1️⃣ \(message)")
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

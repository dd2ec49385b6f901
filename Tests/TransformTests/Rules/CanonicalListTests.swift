import Records
import Testing
import Transform

@Suite struct CanonicalListTests {
    private func read(_ json: String, refusesWarnings: Bool = false) -> CanonicalList<IMEI> {
        var list = CanonicalList<IMEI>(refusesWarnings: refusesWarnings)
        list.read(Array(json.utf8).span)
        return list
    }

    private func text(_ list: CanonicalList<IMEI>) -> String {
        var text: [UInt8] = []
        list.append(to: &text, style: ())
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: Vector.load("identifiers", field: "imei_list"))
    func followsTheVector(_ vector: Vector) {
        let list = read(vector.input)
        vector.expect(list.verdict) { _ in text(list) }
    }

    @Test(arguments: [
        // Equal only after they are canonical.
        (#"["352099001761481","35-209900-176148-1",352099001761481,"35209900176148"]"#, #"["352099001761481"]"#),
        (#"["", null, " ", "352099001761481"]"#, #"["352099001761481"]"#),
        (#"["3520990017614\u00381"]"#, #"["352099001761481"]"#),
        (#"[ ]"#, "[]"), ("null", "[]"), (#""""#, "[]"), ("352099001761481", #"["352099001761481"]"#),
    ])
    func keepsEachValueOnce(_ json: String, _ expected: String) {
        let list = read(json)
        #expect(text(list) == expected)
        #expect(list.verdict.reason == .ok)
    }

    @Test func refusedElementsLeaveTheirSiblings() {
        let list = read(#"["N/A","352099001761481",true,{"a":1},["x"],12,"352099001761482"]"#)
        #expect(text(list) == #"["352099001761481"]"#)
        #expect(list.verdict.reason == .partial)
        #expect(!list.verdict.isValid)
        #expect(list.refused.map(\.reason) == [.placeholder, .type, .type, .type, .lossyNumber, .checksum])
        #expect(list.refused.map(\.text) == ["N/A", "true", #"{"a":1}"#, #"["x"]"#, "12", "352099001761482"])
    }

    @Test func textThatIsNoJSONIsRefusedAsAWhole() {
        for json in [
            "[\"352099001761481\",\"\u{1}\"]", #"["352099001761481""#, "[", #"["a",]"#, #"["a" "b"]"#, "", "{", #"["\"#,
        ] {
            let list = read(json)
            #expect(list.values.isEmpty || list.verdict.reason == .partial, "\(json)")
            #expect(list.refused.last?.reason == .format || json.isEmpty, "\(json)")
        }
    }

    @Test func theVerdictHasEachWarningOnce() {
        let list = read(#"["35209900176148","26053179311383","3568680000414120"]"#)
        #expect(list.warnings == [.checkDigitAdded, .checkDigitAdded, .imeisvReduced])
        #expect(list.verdict.warnings == [.checkDigitAdded, .imeisvReduced])
        let strict = read(#"["35209900176148","352099001761481"]"#, refusesWarnings: true)
        #expect(strict.refused.map(\.reason) == [.checkDigitAdded])
        #expect(text(strict) == #"["352099001761481"]"#)
    }

    /// Comparing every pair of them would take minutes.
    @Test func aLongListIsReadInTimeThatGrowsWithIt() {
        let count = 100_000
        let addresses = (0..<count).map { "\"0200\(String(0x1000_0000 + $0, radix: 16))\"" }
        var list = CanonicalList<MACAddress>()
        let time = ContinuousClock().measure {
            list.read(Array("[\((addresses + addresses).joined(separator: ","))]".utf8).span)
        }
        #expect(list.values.count == count)
        #expect(list.warnings.count == 2 * count)
        #expect(time < .seconds(20))
    }

    @Test func noBytesCrashIt() {
        var dice = Dice(seed: 3)
        var list = CanonicalList<IMEI>()
        for round in 0..<20_000 {
            list.read(dice.bytes(from: round % 2 == 0 ? nil : Array(#"[]",\ 0123456789{}nulltrue"#.utf8)).span)
        }
    }
}

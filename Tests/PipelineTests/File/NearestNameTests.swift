import Pipeline
import Stages
import Testing

@Suite struct NearestNameTests {
    private let known = ["serial_number", "color", "device_model", "imeis"]

    @Test(arguments: [
        ("colour", "color"), ("colr", "color"), ("COLOR", "color"), ("oclor", "color"),
        ("serialnumber", "serial_number"),
        ("imei", "imeis"), ("device_modle", "device_model"), ("devicemodl", "device_model"),
    ])
    func aSlipIsUnderstood(_ name: String, _ near: String) { #expect(nearestName(to: name, in: known) == near) }

    @Test(arguments: ["size", "", "x", "serial"]) func nothingIsNear(_ name: String) {
        #expect(nearestName(to: name, in: known) == nil)
    }

    @Test func theMessageHasANameOrAllOfThem() {
        #expect(unknownName("column", "colr", known: known) == "no column 'colr'; did you mean 'color'?")
        #expect(unknownName("column", "serial", known: known) == "no column 'serial'; did you mean 'serial_number'?")
        #expect(unknownName("column", "size", known: ["a", "b"]) == "no column 'size'; there are a, b")
        #expect(unknownName("setting", "size", known: []) == "no setting 'size'; there is none")
    }
}

import Pipeline
import Records
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
        #expect(
            unknownName("column", "colr", known: known) == Problem("no column 'colr'", hint: "did you mean 'color'?")
        )
        let serial = unknownName("column", "serial", known: known)
        #expect(serial == Problem("no column 'serial'", hint: "did you mean 'serial_number'?"))
        let size = unknownName("column", "size", known: ["a", "b"])
        #expect(size == Problem("no column 'size'", hint: "choose one of a, b"))
        #expect(unknownName("column", "size", known: ["a"]).hint == "the only column is a")
        #expect(unknownName("setting", "size", known: []) == Problem("no setting 'size'"))
    }
}

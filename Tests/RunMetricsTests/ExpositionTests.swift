import Testing

@testable import RunMetrics

@Suite struct ExpositionTests {
    @Test func aMetricIsIntroducedAndItsLabelsAreEscaped() {
        var family = MetricFamily("axport_devices", "Devices.")
        family.add(3, ("family", "a\"b\\c\nd"))
        family.add(-0.5, ("family", "é"))
        #expect(
            family.text([("pipeline", "p")]) == #"""
                # HELP axport_devices Devices.
                # TYPE axport_devices gauge
                axport_devices{pipeline="p",family="a\"b\\c\nd"} 3
                axport_devices{pipeline="p",family="é"} -0.5

                """#
        )
    }

    @Test func oneWithoutValuesIsLeftOut() {
        #expect(MetricFamily("axport_devices", "Devices.").text([]).isEmpty)
    }

    @Test(arguments: [(1_764_407_306.123, "1764407306.123"), (0, "0"), (1e15, "1000000000000000"), (0.0004, "0")])
    func numbersHaveMilliseconds(value: Double, text: String) {
        #expect(MetricFamily("a", "b.", value).text([]).hasSuffix("a{} \(text)\n"))
    }
}

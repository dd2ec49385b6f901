import Testing

@testable import axport

/// What people read, in lines that their screen holds.
@Suite struct WrappingTests {
    @Test func linesBreakBetweenWords() {
        let text =
            "error: 12 values of 300 rows were rejected, more than allowed\nhint: list them\n\n  - a list's further lines"
        #expect(
            text.wrapped(to: 24) == """
                error: 12 values of 300
                  rows were rejected,
                  more than allowed
                hint: list them

                  - a list's further
                    lines
                """
        )
        #expect(Screen(columns: nil).wrapped(text) == text)
        #expect(text.wrapped(to: 80) == text)
    }

    @Test func aCommandStaysOnOneLineIfItFits() {
        let text = "hint: list them with `axport runs --failed`, or allow more"
        #expect(text.wrapped(to: 30).contains("\n  `axport runs --failed`, or\n"), "\(text.wrapped(to: 30))")
        #expect(text.wrapped(to: 22).split(separator: "\n").allSatisfy { $0.count <= 22 })
    }

    @Test func aPathIsNeverBroken() {
        let path = "/srv/exports/of/the/whole/organization/devices.csv"
        #expect("cannot write \(path): no space".wrapped(to: 30) == "cannot write\n  \(path):\n  no space")
    }

    @Test func aTableBecomesParagraphsWhereItsNumbersDoNotFit() {
        var table = TextTable("load", numbers: ["received", "written", "unchanged", "time"])
        table.add(["postgres → assets.devices_of_the_whole_organization", "5000", "4000", "·", "12 s"])
        table.add(["csv → out/devices.csv", "7000", "7000", "·", "1.0 s"])
        let narrow = table.withoutEmptyColumns.text(34)
        #expect(
            narrow == """
                postgres → as…e_whole_organization
                  received 5000, written 4000,
                  time 12 s
                csv → out/devices.csv
                  received 7000, written 7000,
                  time 1.0 s
                """
        )
        let wide = table.text(60).split(separator: "\n")
        #expect(wide.allSatisfy { $0.count <= 60 } && wide[2].hasPrefix("postgres"), "\(wide)")
    }

    @Test func aWideTableIsSplitIntoParts() {
        var table = TextTable(["serial_number", "model", "color", "a_long_name"])
        table.add(["C02XL0GTJGH5", "iPhone 17 Pro", "SILVER", String(repeating: "x", count: 90)])
        let parts = table.parts(40)
        #expect(parts.count == 2 && parts.allSatisfy { $0.hasPrefix("serial_number  ") }, "\(parts)")
        for line in parts.flatMap({ $0.split(separator: "\n") }) { #expect(line.count <= 40, "\(line)") }
        #expect(table.parts(200).count == 1)
    }
}

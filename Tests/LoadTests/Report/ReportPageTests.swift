import Foundation
import Records
import Stages
import Testing

@testable import Load

/// The page as a file.
@Suite struct ReportPageTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func load(_ name: String = "fleet.html") throws -> any Loader {
        try loader("report: { file: '\(folder.file(name))' }")
    }

    private static let hostile = #"<script>alert("x")</script>&<img src=https://example.com/a.png onerror='b'>"#

    @Test func namesCannotBecomeMarkup() throws {
        let devices = ["server", "family", "capacity", "plan"].map { _ in
            ReportedDevice.with {
                ($0.serial, $0.family, $0.service) = (Self.hostile, .text(Self.hostile), .text(Self.hostile))
                $0.capacity = .text(Self.hostile)
            }
        }
        var found = FleetReport(of: Self.hostile, .reported, at: context.startedAt)
        found.add(Batch(devices.map(\.row)))
        try found.end(Self.hostile, nil)
        let page = found.page
        for word in ["<script", "<img", "onerror='", #"alert(""#] { #expect(!page.contains(word), "\(word)") }
        #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;"))
    }

    @Test func controlCharactersCannotMoveText() throws {
        let page = try report([.with { $0.service = "a\u{202e}b\nc\u{1b}[31m" }]).page
        #expect(page.contains("a·b·c·[31m"))
    }

    @Test func thePageAsksForNothing() throws {
        let page = try report([.ending(in: 3), ReportedDevice()]).page
        for word in ["<script", "http:", "https:", "url(", "@import", "srcset", "<iframe", "<object"] {
            #expect(!page.lowercased().contains(word), "\(word)")
        }
        // Nothing but the empty icon that keeps browsers from asking for one.
        #expect(page.matches(of: /(?:href|src)=/).count == 1)
        #expect(page.contains(#"<link rel="icon" href="data:,">"#))
        #expect(page.contains("default-src 'none'"))
    }

    @Test func eachChartIsATableWithNumbers() throws {
        let page = try report([.ending(in: 3), ReportedDevice()]).page
        let charts = page.matches(of: /<svg viewBox="0 0 1000 10"/).count
        #expect(charts > 5)
        #expect(page.matches(of: /<tr><th scope="row">[^<]+<\/th><td class="n">[0-9,]+<\/td>/).count >= charts)
        #expect(page.matches(of: /<table/).count == page.matches(of: /<caption>/).count)
        #expect(page.contains(#"<html lang="en">"#))
    }

    @Test func equalDataGiveEqualBytesAndLeaveTheFileAlone() async throws {
        let rows = Batch([ReportedDevice.ending(in: 3).row, ReportedDevice().row])
        #expect(try await load().load(.reported, rows) == LoadCounts(written: 2))
        let first = try folder.text("fleet.html")
        let before = try FileManager.default.attributesOfItem(atPath: folder.file("fleet.html"))
        #expect(try await load().load(.reported, rows) == LoadCounts(unchanged: 2))
        let after = try FileManager.default.attributesOfItem(atPath: folder.file("fleet.html"))
        #expect(try folder.text("fleet.html") == first)
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
        #expect(folder.names == ["fleet.html"])
    }

    @Test func anotherDayIsAnotherPage() async throws {
        let rows = Batch([ReportedDevice.ending(in: 31).row])
        try await load().load(.reported, rows)
        let first = try folder.text("fleet.html")
        #expect(try await load().load(.reported, rows, in: night(1)) == LoadCounts(written: 1))
        #expect(try folder.text("fleet.html") != first)
    }

    @Test func aFailureLeavesThePageBefore() async throws {
        try await load().load(.reported, Batch([ReportedDevice().row]))
        let first = try folder.text("fleet.html")
        try await load().abandon(.reported, Batch([ReportedDevice.ending(in: 3).row]))
        #expect(try folder.text("fleet.html") == first)
        _ = try await load().rehearse(.reported, Batch([ReportedDevice.ending(in: 3).row]), in: context)
        #expect(try folder.text("fleet.html") == first)
        #expect(folder.names == ["fleet.html"])
    }

    @Test func aLargeFleetOfManyNamesStaysBelow200Kilobytes() throws {
        let long = String(repeating: "ü", count: 200)
        var found = FleetReport(of: "nightly", .reported, at: context.startedAt)
        for batch in 0..<10 {
            let devices = (0..<1000).map { number in
                let name = "\(batch * 1000 + number) \(long)"
                return ReportedDevice.with {
                    ($0.serial, $0.state, $0.error, $0.isCovered) = (name, "covered", nil, true)
                    ($0.family, $0.service, $0.capacity, $0.plan) = (.text(name), .text(name), .text(name), .text(name))
                    $0.end = .day(context.startedAt.daysSince1970 + Int32(number))
                }
            }
            found.add(Batch(devices.map(\.row)))
        }
        try found.end("acme", nil)
        #expect(found.page.utf8.count < 200_000)
        #expect(found.page.contains("10,000"))
    }

    /// WCAG 2.2: 4.5 for text, 3 for what else must be seen.
    @Test(arguments: [":root { color-scheme", "  :root { --back"]) func colorsHaveContrast(beginning: String) throws {
        let rules = try #require(PageStyle.text.split(separator: "}").first { $0.contains(beginning) })
        var colors: [String: Double] = [:]
        for color in rules.matches(of: /--([a-z]+): #([0-9a-f]{6})/) {
            colors[String(color.output.1)] = Self.luminance(try #require(Int(color.output.2, radix: 16)))
        }
        let back = try #require(colors["back"])
        for name in ["text", "soft", "a", "b", "c", "done", "partial", "failed", "other"] {
            let color = try #require(colors[name])
            let contrast: Double = (max(color, back) + 0.05) / (min(color, back) + 0.05)
            let least: Double = ["text", "soft"].contains(name) ? 4.5 : 3
            #expect(contrast >= least, "\(name): \(contrast)")
        }
    }

    /// Relative luminance of a color, by WCAG.
    private static func luminance(_ color: Int) -> Double {
        func part(_ shift: Int, _ weight: Double) -> Double {
            let value = Double(color >> shift & 255) / 255
            return weight * (value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
        }
        return part(16, 0.2126) + part(8, 0.7152) + part(0, 0.0722)
    }

    @Test(arguments: [
        ("report: { file: a.html.gz }", "a compressed page cannot be opened in a browser"),
        ("report: { file: a.html, days: 5000 }", "days must be 3650 or less"),
    ])
    func settingsThatMakeNoPageAreRefused(yaml: String, problem: String) throws {
        #expect(try problems(yaml, in: .reported).contains { $0.contains(problem) })
        #expect(try problems("report: { file: a.html }", in: .reported) == [])
    }

    @Test func rowsThatAreNoDevicesAreRefused() throws {
        func problem(_ schema: Schema) throws -> String {
            try problems("report: { file: a.html }", in: schema).joined()
        }
        #expect(try problem(.changes).contains("a report counts devices, not rows of 'changes'"))
        #expect(try problem(.allowlist).contains("these rows are a list of addresses"))
        #expect(try problem(.pairs).contains("a report needs the column 'product_family'"))
        var bare = Schema.reported
        bare.fields.removeAll { $0.name == "coverage_end" }
        #expect(try problem(bare).contains("add `applecare` to the transforms"))
    }
}

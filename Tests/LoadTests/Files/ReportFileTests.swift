import Foundation
import Load
import Testing

@Suite struct ReportFileTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func write(_ text: String) throws -> String {
        try ReportFile(folder.file("s.json")).replace(with: text)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("s.json"))
        return "\(attributes[.systemFileNumber] ?? "")"
    }

    /// Whether they are the same is found out where the text is synchronized, too.
    @Test func theSameTextTouchesNothing() throws {
        let first = try write("{}\n")
        #expect(try write("{}\n") == first)
        #expect(try write("[]\n") != first)
        #expect(try folder.text("s.json") == "[]\n")
        #expect(folder.names == ["s.json"])
    }

    /// node_exporter serves what ends in `.prom`.
    @Test func aRunThatIsKilledBeforeTheEndLeavesNothingThatIsServed() throws {
        try ReportFile(folder.file("a@b.prom")).replace(with: "old")
        // Of a process that ends between these two lines, this much is left.
        let file = try ReportFile(folder.file("a@b.prom"), isForEverybody: true)
        #expect(file.previous == "old")
        #expect(folder.names.count == 2 && folder.names.filter { $0.hasSuffix(".prom") } == ["a@b.prom"])
        #expect(try folder.text("a@b.prom") == "old")
        try file.replace(with: "new")
        #expect(try folder.text("a@b.prom") == "new" && folder.names == ["a@b.prom"])
    }
}

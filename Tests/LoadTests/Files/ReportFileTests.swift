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
}

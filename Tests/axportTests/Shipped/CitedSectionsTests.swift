import Foundation
import TestSupport
import Testing

/// Comments cite rules by section, so that a reader finds them in the repository.
@Suite struct CitedSectionsTests {
    private static let pages = [
        "Rules/README.md": "Sources/Transform/Rules/README.md",
        "AppleClient/README.md": "Sources/AppleClient/README.md",
    ]

    @Test func everyCitedSectionExists() throws {
        var cited = 0
        for source in try sources() {
            // A citation may continue in the next line of its comment.
            let text = source.text.replacing(#/\s*\n\s*\/\/\/? ?/#, with: " ")
            for citation in text.matches(of: #/(Rules|AppleClient)/README\.md,? section ([0-9]+(?:\.[0-9]+)?)/#) {
                let page = try #require(Self.pages["\(citation.1)/README.md"])
                let headings = try Repository.text(page).split(separator: "\n").filter { $0.hasPrefix("#") }
                    .compactMap { $0.firstMatch(of: /[0-9]+(\.[0-9]+)?/) }.map { String($0.0) }
                #expect(headings.contains(String(citation.2)), "\(source.path) cites \(citation.0)")
                cited += 1
            }
        }
        #expect(cited > 20)
    }

    @Test func noCommentCitesAPageThatIsNotHere() throws {
        for source in try sources() {
            for name in source.text.matches(of: #/\/\/.*?([A-Za-z/-]+\.md)\b/#) {
                let page = Self.pages[String(name.1)] ?? String(name.1)
                #expect(
                    FileManager.default.fileExists(atPath: Repository.path(page)),
                    "\(source.path) cites \(name.1)"
                )
            }
        }
    }

    @Test func noFixtureCitesAPageThatIsNotHere() throws {
        var cited = 0
        for fixture in try texts(under: "Tests", where: { $0.contains("/Fixtures/") && $0.hasSuffix(".json") }) {
            let words = fixture.text.split { $0.isWhitespace || $0 == "\"" }
            for page in words where page.hasSuffix(".md") && !page.contains("://") {
                #expect(
                    FileManager.default.fileExists(atPath: Repository.path(String(page))),
                    "\(fixture.path) cites \(page)"
                )
                cited += 1
            }
        }
        #expect(cited > 0)
    }

    private func sources() throws -> [(path: String, text: String)] {
        try texts(under: "Sources") { $0.hasSuffix(".swift") }
    }

    private func texts(under folder: String, where isWanted: (String) -> Bool) throws -> [(path: String, text: String)]
    {
        try #require(FileManager.default.enumerator(atPath: Repository.path(folder)))
            .compactMap { $0 as? String }.filter(isWanted)
            .map { ($0, try Repository.text("\(folder)/\($0)")) }
    }
}

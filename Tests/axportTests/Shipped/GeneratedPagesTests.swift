import Foundation
import Testing

@testable import axport

@Suite struct GeneratedPagesTests {
    /// `make docs` (RECORD=1) regenerates them.
    @Test func thePagesInTheRepositoryAreThoseOfTheCode() throws {
        for page in try GeneratedPages.all() {
            let file = Repository.path(page.path)
            if ProcessInfo.processInfo.environment["RECORD"] != nil {
                try page.text.write(toFile: file, atomically: true, encoding: .utf8)
            }
            let found = try? String(contentsOfFile: file, encoding: .utf8)
            #expect(found == page.text, "\(page.path) is stale; run: make docs")
        }
    }
}

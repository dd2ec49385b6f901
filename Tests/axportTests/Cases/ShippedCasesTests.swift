import Foundation
import TestSupport
import Testing

@testable import axport

@Suite struct ShippedCasesTests {
    @Test func everyShippedPipelineHasTwoCasesAndTheyPass() async throws {
        // A file with rules of assignments has no loads.
        let files = try ShippedFiles.all().filter { $0.path.hasSuffix(".axport.yaml") && $0.text.contains("\nload:") }
            .map(\.path)
        #expect(files.count >= 20)
        let command = Command(folder: Repository.path("."))
        for file in files {
            let run = try await command("test", file)
            #expect(run.status == 0, "\(file): \(run.output) \(run.errors)")
            #expect(run.output.hasSuffix("\n2 cases passed\n"), "\(file): \(run.output)")
        }
    }
}

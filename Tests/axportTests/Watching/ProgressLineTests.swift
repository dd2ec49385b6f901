import Foundation
import Pipeline
import Stages
import Testing

@testable import axport

@Suite struct ProgressLineTests {
    private func stage(_ name: String, _ status: StageReport.Status, _ done: Int, of total: Int) throws -> StageReport {
        let json = """
            {"kind":"extract","stage":"\(name)","status":"\(status.rawValue)","received":\(done),"total":\(total),"seconds":30}
            """
        return try JSONDecoder.snakeCase.decode(StageReport.self, from: Data(json.utf8))
    }

    @Test func whereNobodyWatchesALineIsSaidEveryMinuteAndForEveryStage() throws {
        let began = ContinuousClock.now
        var line = ProgressLine(RunProgress(), of: "acme", isOneOfSeveral: true)
        func said(after seconds: Int, _ stages: StageReport...) -> [String] {
            line.news(of: stages, at: began + .seconds(seconds)).map(\.text)
        }
        let devices = try stage("devices", .done, 300, of: 300)
        #expect(said(after: 1, try stage("devices", .running, 100, of: 300)).isEmpty)
        #expect(said(after: 20, devices) == ["axport: acme: devices  300 of 300, 30 s"])
        #expect(said(after: 70, devices, try stage("coverage", .running, 20, of: 300)).isEmpty)
        let first = said(after: 81, devices, try stage("coverage", .running, 30, of: 300))
        #expect(first == ["axport: acme: coverage  30 of 300 (10 %), 4 min left"])
        #expect(said(after: 140, devices, try stage("coverage", .running, 60, of: 300)).isEmpty)
        #expect(said(after: 142, devices, try stage("coverage", .running, 60, of: 300)).count == 1)
        #expect(said(after: 150, devices, try stage("coverage", .done, 300, of: 300)).count == 1)
        #expect(said(after: 300, devices, try stage("coverage", .done, 300, of: 300)).isEmpty)
    }
}

extension JSONDecoder {
    fileprivate static var snakeCase: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

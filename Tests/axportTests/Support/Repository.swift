import Foundation
import Pipeline
import Records
import Stages

@testable import axport

/// The files beside the sources.
enum Repository {
    private static let top = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String { top.appendingPathComponent(relative).path }

    static func files(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
            .map { "\(folder)/\($0)" }
    }

    static func text(_ relative: String) throws -> String {
        try String(contentsOfFile: path(relative), encoding: .utf8)
    }

    /// Everything that a shipped pipeline refers to.
    static let environment = Environment(variables: [
        "AXPORT_CLIENT_ID": "BUSINESSAPI.test", "AXPORT_KEY_ID": "key", "DATABASE_URL": "postgresql:///test",
        "RADIUS_DATABASE_URL": "postgresql:///radius", "MERAKI_GROUP_POLICY_ID": "101",
        "ACME_CLIENT_ID": "BUSINESSAPI.acme", "ACME_KEY_ID": "key", "HILL_CLIENT_ID": "SCHOOLAPI.hill",
        "HILL_KEY_ID": "key",
        "HOME": "/nonexistent",
    ]) { _ in .success(Environment.File(text: "key", mode: 0o600)) }

    /// One for each source.
    static func plans(_ yaml: String, file: String) throws(PlanError) -> [Plan] {
        try planning.plans(for: PipelineText(yaml, file: file)).plans
    }

    static func plan(_ yaml: String, file: String = "test.axport.yaml") throws(PlanError) -> Plan {
        try planning.onePlan(for: PipelineText(yaml, file: file))
    }

    private static let planning = Composition.planning(startedAt: Timestamp(seconds: 0), environment: environment)
}

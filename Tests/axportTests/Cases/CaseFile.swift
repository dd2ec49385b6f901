import Foundation
import Pipeline
import Records
import Stages

@testable import axport

/// A pipeline with cases, read and run as `axport test` does.
struct CaseFile {
    var extract = "[devices, assignments, coverage, activation_lock]"
    var transform = "[imei, meid, eid, mac, storage, applecare]"
    var load = "[{ csv: { file: out/devices.csv } }]"

    func plans(_ tests: String, overrides: [Override] = []) throws -> PipelinePlans {
        let text = """
            source: { platform: sandbox }
            extract: \(extract)
            transform: \(transform)
            load: \(load)
            tests:
            \(tests)
            """
        let planning = Composition.planning(startedAt: Timestamp(seconds: 0), environment: .only(["HOME": "/nowhere"]))
        return try planning.plans(for: PipelineText(text, file: "cases", overrides: overrides))
    }

    /// What differs in the only case.
    func differences(_ test: String) async throws -> [String] {
        let planned = try plans("  - { name: it, \(test) }")
        return try await planned.plans[0].differences(in: planned.tests[0])
    }

    /// The messages of the problems, with their places in the file.
    func problems(_ tests: String) throws -> [String] {
        do {
            _ = try plans(tests)
            return []
        } catch let error as PlanError {
            return error.diagnostics.map { "\($0.location.line):\($0.location.column): \($0.message)" }
        }
    }
}

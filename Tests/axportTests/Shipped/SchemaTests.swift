import Foundation
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import axport

/// The JSON Schema of pipeline files and the reader of the files know the same names.
@Suite struct SchemaTests {
    private typealias Object = [String: Any]

    private let schema: Object

    init() throws {
        let text = try GeneratedPages.pipelineSchema()
        schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    @Test func eachStageHasTheSettingsThatItsReaderTakes() throws {
        let catalog = Composition.catalog
        try expect(catalog.extractors.map { ($0.name, $0.hasBareBody ? nil : $0.settings.map(\.name)) }, "extract")
        try expect(catalog.transforms.map { ($0.name, $0.hasBareBody ? nil : $0.settings.map(\.name)) }, "transform")
        let common = LoadPlan.settings.map(\.name)
        try expect(catalog.loaders.map { ($0.name, common + $0.settings.map(\.name)) }, "load")
    }

    /// - Parameter stages: their settings; nil for those whose body is one value.
    private func expect(_ stages: [(name: String, settings: [String]?)], _ kind: String) throws {
        let definitions = try #require(schema["definitions"] as? Object)
        let choices = try #require((definitions["\(kind)_stage"] as? Object)?["anyOf"] as? [Object])
        let bodies = try #require(choices.compactMap { $0["properties"] as? Object }.first)
        #expect(Set(bodies.keys) == Set(stages.map(\.name)))
        for stage in stages {
            let names = ((bodies[stage.name] as? Object)?["properties"] as? Object)?.keys.sorted()
            #expect(names == stage.settings?.sorted(), "\(stage.name)")
        }
    }

    /// The reader refuses a name at each place where the schema has a list of names, and the schema has no others.
    @Test func theSchemaTakesNoOtherNamesAnywhere() throws {
        var places = 0
        func walk(_ value: Any, _ path: String) {
            if let list = value as? [Any] { for (index, item) in list.enumerated() { walk(item, "\(path)/\(index)") } }
            guard let object = value as? Object else { return }
            if object["properties"] is Object, !path.hasSuffix("/if") {
                places += 1
                #expect(object["additionalProperties"] as? Bool == false, "\(path)")
            }
            for (name, member) in object { walk(member, "\(path)/\(name)") }
        }
        walk(schema, "#")
        #expect(places > 30)
    }

    @Test(arguments: [
        ("section", "zzz: 1"), ("source", "source: { platform: sandbox, zzz: 1 }"),
        ("sources", "sources: [{ name: a, platform: sandbox, zzz: 1 }]"), ("inventory", "inventory: { zzz: 1 }"),
        ("metrics", "metrics: { textfile: /tmp, zzz: 1 }"), ("notify", "notify: { zzz: 1 }"),
        ("notice", "notify: [{ webhook: { url: 'https://x.example', zzz: 1 } }]"),
        ("case", "tests: [{ name: a, devices: [], expect: [], zzz: 1 }]"),
        ("device", "tests: [{ name: a, devices: [{ serialNumber: a, zzz: 1 }], expect: [] }]"),
    ])
    func theReaderTakesNoOtherNamesEither(place: String, line: String) throws {
        let source = line.hasPrefix("source") ? "" : "source: { platform: sandbox }"
        let text = PipelineText("\(source)\nextract: [devices]\nload: [{ csv: { file: a.csv } }]\n\(line)", file: "f")
        let planning = Composition.planning(startedAt: .now, environment: .only(["HOME": "/nowhere"]))
        let error = #expect(throws: PlanError.self) { try planning.plans(for: text) }
        #expect(
            error?.diagnostics.map(\.message).contains { $0.hasSuffix(" 'zzz'") } == true,
            "\(place): \(String(describing: error))"
        )
    }

    @Test func theSectionsAreThoseOfTheReader() throws {
        let properties = try #require(schema["properties"] as? Object)
        for name in properties.keys {
            let text = PipelineText("\(name): { zzz: 1 }", file: "f")
            let planning = Composition.planning(startedAt: .now, environment: .only(["HOME": "/nowhere"]))
            let error = #expect(throws: PlanError.self) { try planning.plans(for: text) }
            #expect(error?.diagnostics.contains { $0.message == "no setting '\(name)'" } == false, "\(name)")
        }
        #expect(properties.count > 10)
    }

    @Test func theShippedFilesNameTheSchema() throws {
        for file in try ShippedFiles.all() where file.path.hasSuffix(".axport.yaml") {
            #expect(file.text.hasPrefix("# yaml-language-server: $schema=axport.schema.json\n"), "\(file.path)")
        }
        #expect(
            try Installation(date: "2026-11-29").files().contains {
                $0.path == "share/axport/pipelines/axport.schema.json"
            }
        )
    }
}

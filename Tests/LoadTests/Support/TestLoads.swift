import Foundation
import Load
import Records
import Stages
import TestSupport
import Testing

/// A folder that goes when the test does.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "axport-load-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }

    /// Everything in it, hidden files too.
    var names: [String] { ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted() }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
        return try #require(attributes[.posixPermissions] as? Int)
    }
}

/// The load stage that a pipeline file would name so.
func loader(_ yaml: String) throws -> any Loader {
    let node = try ConfigNode.parse(yaml, file: "test.axport.yaml", environment: .only([:]))
    guard case .map(let pairs) = node.content, let (key, body) = pairs.first, case .scalar(let name) = key.content
    else {
        throw Failure(.usage, "expected `name: { … }`")
    }
    let spec = try #require(Loaders.all.first { $0.name == name.text })
    return try spec.build(key: key, body: body)
}

let context = LoadContext(
    runID: "run-7",
    source: "acme/eu",
    startedAt: Timestamp(seconds: 1_767_225_599)  // 2025-12-31T23:59:59Z
)

/// A run that started this many nights after the usual one.
func night(_ number: Int64, run: String? = nil, source: String = "acme/eu") -> LoadContext {
    LoadContext(
        runID: run ?? "night-\(number)",
        source: source,
        startedAt: Timestamp(seconds: 1_767_225_599 + number * 86_400)
    )
}

extension Loader {
    /// Loads these batches as a run would.
    @discardableResult
    func load(_ schema: Schema, _ batches: Batch..., in context: LoadContext = context) async throws -> LoadCounts {
        try check(schema, at: SourceLocation(file: "test.axport.yaml", line: 1, column: 1))
        var session = try await open(schema, context)
        do {
            return try await session.commit(batches).ofRows
        } catch {
            await session.rollback()
            throw error
        }
    }

    /// What a load of these batches would do.
    func rehearse(_ schema: Schema, _ batches: Batch..., in context: LoadContext) async throws -> LoadCounts {
        var session = try await open(schema, context.rehearsing)
        do {
            let filtered = try await session.take(batches)
            var counts = try await session.rehearse()
            counts.filtered += filtered
            return counts
        } catch {
            await session.rollback()
            throw error
        }
    }

    /// Writes these batches and takes them back.
    func abandon(_ schema: Schema, _ batches: Batch...) async throws {
        var session = try await open(schema, context)
        _ = try await session.take(batches)
        await session.rollback()
    }
}

extension LoadSession {
    /// Gives the session these rows, and commits.
    mutating func commit(_ batches: [Batch]) async throws -> LoadCounts {
        let filtered = try await take(batches)
        var counts = try await commit()
        counts.filtered += filtered
        return counts
    }

    fileprivate mutating func take(_ batches: [Batch]) async throws -> Int {
        var filtered = 0
        for batch in batches { filtered += try await take(batch) }
        return filtered
    }
}

func failure<Result>(
    _ body: () async throws -> Result,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) async throws -> Failure {
    let error = await #expect(throws: Failure.self, sourceLocation: sourceLocation) { _ = try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}

/// What is wrong with a load stage, each problem behind the marker that stands at its place.
func problems(_ marked: String, in schema: Schema = .pairs) throws -> [String] {
    let source = MarkedText(marked)
    do {
        try loader(source.text).check(schema, at: SourceLocation(file: "test.axport.yaml", line: 1, column: 1))
        return []
    } catch let error as PlanError {
        return error.diagnostics.map {
            "\(source.marker(line: $0.location.line, column: $0.location.column)) \($0.text)"
        }
    }
}

extension LoadCounts {
    /// What became of the rows that were given, without what is told besides.
    var ofRows: LoadCounts {
        var counts = LoadCounts(
            written: written,
            updated: updated,
            unchanged: unchanged,
            retired: retired,
            filtered: filtered,
            rejects: rejects
        )
        counts.notes = notes
        return counts
    }
}

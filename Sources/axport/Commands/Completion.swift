import ArgumentParser
import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The values that a shell suggests for an option.
extension CompletionKind {
    static var pipelineFile: CompletionKind { .file(extensions: ["yaml", "yml"]) }

    static var stage: CompletionKind { .list(Composition.catalog.stageNames) }

    static var reference: CompletionKind { .list(Composition.catalog.referenceNames) }

    static var purpose: CompletionKind { .list(Purpose.all.map(\.name)) }

    static var dataset: CompletionKind { .list(Dataset.allCases.map(\.rawValue)) }

    /// The columns of the dataset in the command line; several are separated by commas.
    static var columns: CompletionKind {
        .custom { words, _, prefix in
            let dataset = CompletedLine(words).value(of: "--dataset") ?? Dataset.devices.rawValue
            let schema = try? GeneratedPages.standardSchemas().first { $0.name == dataset }
            let before = prefix.lastIndex(of: ",").map { prefix[...$0] } ?? ""
            let taken = Set(before.split(separator: ","))
            return (schema?.fields ?? []).map(\.name).filter { !taken.contains($0[...]) }.map { before + $0 }
        }
    }

    /// The sources of the pipeline files in the command line.
    static var source: CompletionKind {
        .custom { words, _, _ in
            let planning = Composition.planning(startedAt: .now)
            return CompletedLine(words).pipelineFiles.flatMap { file in
                FileManager.default.contents(atPath: file).map {
                    planning.sourceNames(of: PipelineText(String(decoding: $0, as: UTF8.self), file: file))
                } ?? []
            }
        }
    }
}

/// The words of an unfinished command line.
private struct CompletedLine {
    private let words: [String]

    init(_ words: [String]) { self.words = words.map { $0.filter { !"\"'\\".contains($0) } } }

    func value(of option: String) -> String? {
        words.firstIndex(of: option).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    }

    var pipelineFiles: [String] { words.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") } }
}

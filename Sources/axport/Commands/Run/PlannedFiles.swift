import Inventory
import Pipeline
import Records
import Stages

/// The pipeline files of a command: those that can be run, and those that cannot.
struct PlannedFiles {
    /// A file that is invalid, or that cannot be read.
    struct Refused {
        let file: String
        let error: any Error
        /// As far as the file says.
        let sources: [String]

        var failure: Failure { Failure(of: error) }

        /// The problems as messages, each with its place in the file.
        var records: [LogRecord] {
            (error as? PlanError)?.diagnostics.byCause.map { LogRecord($0) } ?? [LogRecord(.error, failure)]
        }
    }

    private(set) var planned: [PipelinePlans] = []
    private(set) var refused: [Refused] = []

    /// - Throws: if the command line is wrong, whatever the files say.
    init(_ files: [String], _ options: PipelineOptions, startedAt: Timestamp, at moment: Timestamp?) throws {
        let reader = try options.files(startedAt: startedAt, at: moment)
        for file in files {
            do {
                planned.append(try reader.plans(file, needsAllSources: false))
            } catch {
                if Failure(of: error).code == .usage { throw error }
                refused.append(Refused(file: file, error: error, sources: reader.sourceNames(of: file)))
            }
        }
        // A file that cannot be read may have the source.
        if refused.allSatisfy({ !$0.sources.isEmpty }) { try options.sources.check(against: sourceNames) }
    }

    var sourceNames: [String] { planned.flatMap(\.sourceNames) + refused.flatMap(\.sources) }

    /// The code of a command with these files; nil if all can be run.
    var code: Outcome? {
        let codes = refused.map(\.failure.code)
        return codes.contains(.pipelineInvalid) ? .pipelineInvalid : codes.first
    }

    /// Why there are files that cannot be run; nil if all can.
    var problem: Failure? {
        code.map { Failure($0, refused.map(\.failure.description).joined(separator: "; ")) }
    }
}

import ArgumentParser
import Pipeline
import Records
import Stages

/// Runs a command and turns its errors into a message on stderr and an exit code.
func reporting(_ work: () async throws -> Void) async throws {
    do {
        try DescriptorLimit.require()
        try await work()
    } catch is ReaderLeft {
        return
    } catch let code as ExitCode {
        throw code
    } catch let error as PlanError {
        Output.log(error.diagnostics.byCause.map { LogRecord($0) })
        throw ExitCode(error.code.rawValue)
    } catch {
        let failure = Failure(of: error)
        Output.log(LogRecord(.error, failure))
        throw ExitCode(failure.code.rawValue)
    }
}

extension RunReport {
    /// Ends the process with this report's code unless all was done.
    func exitUnlessDone() throws {
        if code != .done { throw ExitCode(code.rawValue) }
    }
}

import Records
import Synchronization

/// The output of programs that pipeline files name as the source of a value. Each program runs once.
package final class ProgramOutputs: Sendable {
    package typealias Output = Result<String, Problem>
    private let run: @Sendable (_ arguments: [String]) -> Output
    private let outputs = Mutex<[[String]: Output]>([:])

    /// - Parameter run: runs a program without a shell and returns its output without the last line break; errors are
    ///   written for people.
    package init(_ run: @escaping @Sendable (_ arguments: [String]) -> Output) { self.run = run }

    /// For commands that run no programs.
    package convenience init() { self.init { _ in .failure(Problem("cannot run here")) } }

    func output(of arguments: [String]) -> Output {
        outputs.withLock { outputs in
            if let known = outputs[arguments] { return known }
            let output = run(arguments)
            outputs[arguments] = output
            return output
        }
    }

    /// The output; nil until the program has run.
    func known(_ arguments: [String]) -> String? { try? outputs.withLock { $0[arguments] }?.get() }
}

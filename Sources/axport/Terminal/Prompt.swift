import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Questions on a terminal. They are on stderr, because stdout may be a file.
struct Prompt {
    private var input = StandardInput()

    /// Nil unless a person can read the questions and type the answers.
    init?() {
        guard isatty(STDIN_FILENO) == 1, Output.stderrIsTerminal else { return nil }
    }

    /// The next answer without blanks around it.
    ///
    /// - Parameter usual: the answer that Enter gives, as shown; nil if there is none.
    mutating func ask(_ question: String, usual: String? = nil) throws(Failure) -> String {
        Output.progress(Output.messages.wrapped(question + (usual.map { " [\($0)]" } ?? "") + ":") + " ")
        guard let line = try input.nextLine() else {
            Output.progress("\n")
            throw Failure(.interrupted, "ended before the last answer; nothing is written")
        }
        return String(decoding: line, as: UTF8.self).withoutOuterBlanks
    }

    /// Asks until the answer is yes or no.
    mutating func agree(_ question: String, usual: Bool) throws(Failure) -> Bool {
        while true {
            switch try ask("\(question) \(usual ? "[Y/n]" : "[y/N]")").lowercased() {
            case "": return usual
            case "y", "yes": return true
            case "n", "no": return false
            default: Output.note("Type y or n.")
            }
        }
    }

    /// Explains why an answer cannot be taken.
    func explain(_ problem: Problem, _ level: LogRecord.Level = .error) {
        var record = LogRecord(level, problem.message)
        record.hint = problem.hint
        Output.log(record)
    }
}

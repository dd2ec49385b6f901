import Load
import Pipeline
import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Answers go to stdout, everything else to stderr.
enum Output {
    private static let standard = Descriptor(number: STDOUT_FILENO, name: "standard output")
    private static let error = Descriptor(number: STDERR_FILENO, name: "standard error")

    /// - Throws: if the answer cannot be written; ``ReaderLeft`` if the reader has gone away.
    static func answer(_ text: String) throws {
        if standard.put(Array("\(text)\n".utf8)) { return }
        if errno == EPIPE { throw ReaderLeft() }
        throw standard.failure("write")
    }

    static func note(_ text: String) {
        let text = Composition.environment.secrets.hiddenRuns(in: text)
        _ = error.put(Array("\(style.applied(to: text))\n".utf8))
    }

    /// Text as it is, without a line end.
    static func progress(_ text: String) { _ = error.put(Array(text.utf8)) }

    static let stderrIsTerminal = isatty(STDERR_FILENO) == 1

    private static let style = MessageStyle(isTerminal: stderrIsTerminal, variables: Composition.environment.variables)

    /// To be called before anything else is opened, which would otherwise get the number of a stream that is closed, and
    /// with it what is meant for that stream. Writing to one that was closed fails as before; messages go nowhere.
    static func holdStreams() {
        // A reader that closes its pipe is an error of one answer, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        for (stream, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)] {
            if fcntl(stream, F_GETFD) < 0 { _ = open("/dev/null", mode) }
        }
    }
}

/// The reader of the answer has gone away, as `head` does.
struct ReaderLeft: Error {}

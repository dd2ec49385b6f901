import Load
import Pipeline
import Records
import Stages
import Synchronization

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

    /// A message that is neither a problem nor an answer.
    static func note(_ text: String) { log(LogRecord(.info, text)) }

    static func log(_ records: LogRecord...) { log(records) }

    static func log(_ records: [LogRecord]) {
        let (format, showsTime) = form.withLock { $0 }
        let now = Timestamp.now
        let lines = records.filter { format == .text || !$0.message.isEmpty }.map { record in
            format.written(record.hiding(Composition.environment.secrets), at: now, showsTime: showsTime) + "\n"
        }
        _ = error.put(Array(style.applied(to: lines.joined()).utf8))
    }

    /// For a command whose messages are a log: `format` if one was asked for, and times where nobody watches.
    static func begin(_ format: LogFormat?) {
        form.withLock { form in
            if let format { form.format = format }
            form.showsTime = !stderrIsTerminal
        }
    }

    private static let form = Mutex((format: isJournal ? LogFormat.journal : .text, showsTime: false))

    /// Whether stderr is the stream to the journal that systemd gave this process, rather than one that was put in its
    /// place.
    private static var isJournal: Bool {
        guard let named = Composition.environment.variables["JOURNAL_STREAM"], let status = error.status else {
            return false
        }
        return named == "\(status.st_dev):\(status.st_ino)"
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

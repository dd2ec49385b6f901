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

/// Answers are printed on stdout, everything else on stderr.
enum Output {
    private static let standard = Descriptor(number: STDOUT_FILENO, name: "standard output")
    private static let error = Descriptor(number: STDERR_FILENO, name: "standard error")

    /// - Throws: if the answer cannot be written; ``ReaderLeft`` if the reader has gone away.
    static func answer(_ text: String) throws {
        let problem = shown.withLock { shown -> Int32 in
            if !shown.isEmpty { _ = error.put(Array(erased(shown).utf8)) }
            let problem = standard.put(Array("\(text)\n".utf8)) ? 0 : errno
            if !shown.isEmpty { _ = error.put(Array(drawn(shown).utf8)) }
            return problem
        }
        if problem == 0 { return }
        errno = problem
        if problem == EPIPE { throw ReaderLeft() }
        throw standard.failure("write")
    }

    /// An answer for people, in lines that the screen holds. Its tables fit ``screen`` already.
    static func tell(_ text: String) throws { try answer(screen.wrapped(text)) }

    /// The screen of answers, and that of messages.
    static var screen: Screen { Screen(stream: STDOUT_FILENO) }
    static var messages: Screen { Screen(stream: STDERR_FILENO) }

    /// A message that is neither a problem nor an answer.
    static func note(_ text: String) { log(LogRecord(.info, text)) }

    static func log(_ records: LogRecord...) { log(records) }

    static func log(_ records: [LogRecord]) {
        let (format, showsTime) = form.withLock { $0 }
        let now = Timestamp.now
        let screen = format == .text ? messages : Screen(columns: nil)
        let lines = records.filter { format == .text || !$0.message.isEmpty }.map { record in
            let hiding = record.hiding(Composition.environment.secrets)
            return screen.wrapped(format.written(hiding, at: now, showsTime: showsTime)) + "\n"
        }
        shown.withLock { _ = error.put(Array((erased($0) + style.applied(to: lines.joined()) + drawn($0)).utf8)) }
    }

    /// For a command whose messages are a log: sets the format, if given, and shows times unless stderr is a terminal.
    static func begin(_ format: LogFormat?) {
        form.withLock { form in
            if let format { form.format = format }
            form.showsTime = !stderrIsTerminal
        }
    }

    private static let form = Mutex((format: isJournal ? LogFormat.journal : .text, showsTime: false))

    /// Whether stderr is the journal stream that systemd gave this process, and not another stream in its place.
    private static var isJournal: Bool {
        guard let named = Composition.environment.variables["JOURNAL_STREAM"], let status = error.status else {
            return false
        }
        return named == "\(status.st_dev):\(status.st_ino)"
    }

    /// The lines at the end of the terminal that are overwritten.
    private static let shown = Mutex<[String]>([])

    /// Overwrites them.
    static func show(_ lines: [String]) {
        shown.withLock { shown in
            if shown == lines { return }
            _ = error.put(Array((erased(shown) + drawn(lines)).utf8))
            shown = lines
        }
    }

    private static func drawn(_ lines: [String]) -> String { lines.joined(separator: "\n") }

    private static func erased(_ lines: [String]) -> String {
        if lines.isEmpty { return "" }
        return "\r" + String(repeating: "\u{1B}[A", count: lines.count - 1) + "\u{1B}[J"
    }

    /// Prints text without a line end.
    static func progress(_ text: String) { _ = error.put(Array(text.utf8)) }

    static let stderrIsTerminal = isatty(STDERR_FILENO) == 1
    static let stdoutIsTerminal = isatty(STDOUT_FILENO) == 1

    private static let style = MessageStyle(isTerminal: stderrIsTerminal, variables: Composition.environment.variables)

    /// Call this before any file is opened. Otherwise a file could get the number of a closed stream, and with it the
    /// stream's output. Writing to a closed stream still fails, and messages to it are lost.
    static func holdStreams() {
        // A reader that closes its pipe causes an error of one answer. It must not end the process.
        signal(SIGPIPE, SIG_IGN)
        for (stream, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)] {
            if fcntl(stream, F_GETFD) < 0 { _ = open("/dev/null", mode) }
        }
    }
}

/// The reader of the answer has closed its pipe, as `head` does.
struct ReaderLeft: Error {}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What people read on: a terminal, or a pipe, a file, or a mail.
struct Screen: Sendable {
    /// Characters that a line of the terminal holds; nil if there is no terminal.
    let columns: Int?
    /// Lines that the terminal holds; nil if that is not known.
    let rows: Int?

    /// A table has at most this width. Without a terminal: that of a mail.
    var tableColumns: Int { columns ?? Self.mailColumns }

    static let mailColumns = 80
    /// A narrower terminal is treated as one of this width.
    private static let narrowest = 20

    init(columns: Int?, rows: Int? = nil) {
        self.columns = columns.map { max($0, Self.narrowest) }
        self.rows = rows
    }

    /// The terminal that is on a stream now; people change its size.
    init(stream: Int32) {
        var size = winsize()
        let isKnown = ioctl(stream, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        self.init(
            columns: isatty(stream) == 1 ? (isKnown ? Int(size.ws_col) : Self.mailColumns) : nil,
            rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : nil
        )
    }

    /// Sentences in lines that the terminal holds. Without a terminal they stay on one line, where searches find them.
    func wrapped(_ text: String) -> String { columns.map { text.wrapped(to: $0) } ?? text }
}

import ArgumentParser

/// How a command that schedulers start writes its messages.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How messages on stderr look: text (with the time where no terminal is attached), json (an object a line), \
            or journal (priorities for systemd; the default where stderr is its journal).
            """,
            valueName: "text|json|journal"
        )
    )
    var logFormat: LogFormat?

    /// To be called before the first message.
    func begin() { Output.begin(logFormat) }
}

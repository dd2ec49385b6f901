import ArgumentParser

/// The message format of commands that schedulers start.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Format of messages on stderr: text (with the time if there is no terminal), json (one object per line), \
            or journal (with priorities for systemd; default if stderr is its journal).
            """,
            valueName: "text|json|journal"
        )
    )
    var logFormat: LogFormat?

    /// Call this before the first message.
    func begin() { Output.begin(logFormat) }
}

import ArgumentParser
import Stages

/// How long a command waits for another run on the same inventory.
struct WaitOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long to wait for another run that holds the inventory, such as 30m. Default: do not wait.",
            valueName: "DURATION"
        )
    )
    var wait: Period?

    var patience: Duration { .seconds(wait?.seconds ?? 0) }
}

import ArgumentParser
import Inventory

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Shows the history of runs: what each run did, why a night failed, and since when.",
        discussion: """
            Each inventory keeps its latest \(Inventory.keptRuns) runs (`keep_runs`), including each `axport export` that \
            asked Apple, and runs that ended because another run held the inventory (exit code 75). Listing them does \
            not block a run. Below the table stands each cause once, with its pipelines and sources. With --stale, exit \
            code 1 means that no recent run succeeded.

            Examples:
              axport runs --failed --since 7d
              axport runs --from nightly.axport.yaml --stale 26h
            """,
        subcommands: [ListRuns.self, ShowRun.self],
        defaultSubcommand: ListRuns.self
    )
}

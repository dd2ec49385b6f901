import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows all that is known of a device, and why a value is empty.",
        discussion: """
            What Apple sent, each value as it was and as it became, and in words why one was rejected; the service that it \
            is assigned to, its AppleCare records, and its history: what changed, and who released or moved it where \
            Apple's audit log or the journal of `axport assign` tells. It asks Apple nothing: it reads the inventory, even \
            while a run uses it.

            Without --from it looks in all inventories of the default folder and applies the usual transforms. With \
            --from FILE it looks in those of the file and shows what the transforms and loads of the file make of the \
            device. Blanks and case of a serial number do not matter.

            With --refresh it first asks Apple for this one device, in at most six requests, and stores the answers in \
            the inventory. The account is that of --from FILE or of the environment, as for `axport export`.

            Exit code 64 means that no inventory has the device. Others are those of --refresh, as of `axport run`, and of \
            inventories that cannot be read.

            Examples:
              axport show BZEADFSN3V
              axport show BZEADFSN3V --from nightly.axport.yaml --json
            """
    )

    @Argument(help: ArgumentHelp("Serial numbers.", valueName: "SERIAL"))
    var serials: [String]

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Pipeline file whose inventories, transforms, and loads to use.",
            valueName: "FILE"
        ),
        completion: .pipelineFile
    )
    var pipeline: String?

    @OptionGroup var sources: SourceOptions

    @Flag(help: "Ask Apple for these devices first.")
    var refresh = false

    @OptionGroup var waiting: WaitOption

    @Flag(help: "Print one line of JSON for each device and organization.")
    var json = false

    func validate() throws {
        if pipeline == nil, sources.shard != nil { throw ValidationError("--shard requires --from FILE") }
        if serials.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
            throw ValidationError("a serial number is empty")
        }
    }

    func run() async throws {
        try await reporting {
            let startedAt = Timestamp.now
            let places = try DevicePlaces(pipeline, sources, refreshes: refresh, startedAt: startedAt)
            try places.requireAny()
            var codes: [Outcome] = []
            for serial in serials {
                codes += try await Interrupt.cancelling { [self] in
                    try await show(serial, in: places, startedAt: startedAt)
                }
            }
            if let worst = codes.first(where: { $0 != .done }) { throw ExitCode(worst.rawValue) }
        }
    }

    /// - Returns: the exit codes of what did not work.
    private func show(_ text: String, in places: DevicePlaces, startedAt: Timestamp) async throws -> [Outcome] {
        let search = places.search(text)
        let refresher = DeviceRefresher(patience: waiting.patience, startedAt: startedAt)
        var stories: [DeviceStory] = []
        var codes: [Outcome] = search.unreadable
        // What no inventory has, any organization may have received since.
        let written = text.filter { !$0.isWhitespace }.uppercased()
        let found = search.found.isEmpty && refresh ? places.known.map { ($0, written) } : search.found
        for (place, serial) in found {
            if refresh {
                let told = await refresher.stories(of: serial, in: place)
                stories += told.stories
                codes += told.codes
            } else {
                stories += try await Inventory.withDevice(serial, of: place.path) { inventory in
                    try await DeviceStory(serial, in: inventory, place, startedAt: startedAt).map { [$0] } ?? []
                }
            }
        }
        for (index, story) in stories.enumerated() {
            if json {
                try Output.answer(StoryJSON(story).line)
            } else {
                let others = index == 0 ? stories.map(\.place.source) : []
                try Output.tell(StoryText(story, organizations: others).text)
            }
        }
        if stories.isEmpty, codes.isEmpty {
            Output.log(LogRecord(.error, places.unknown(text, search, asked: refresh)))
            codes.append(.usage)
        }
        return codes
    }
}

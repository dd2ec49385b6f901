import Inventory
import Pipeline
import Records
import Stages

/// An organization in which a device may be, and the transforms that its values are shown through.
struct DevicePlace {
    let source: String
    /// Of the inventory.
    let path: String
    let plan: Plan
    /// The pipeline file; nil for the usual transforms.
    let file: String?
}

/// The organizations in which a command looks for a device.
struct DevicePlaces {
    let all: [DevicePlace]
    private let file: String?
    /// Those with an inventory.
    var known: [DevicePlace] { all.filter { Inventory.exists(at: $0.path) } }

    /// The results of a search in all of them.
    struct Search {
        var found: [(place: DevicePlace, serial: String)] = []
        var similar: [String] = []
        /// Devices that have the text as another identifier.
        var holders: [String] = []
        /// The exit codes of inventories that cannot be read.
        var unreadable: [Outcome] = []
    }

    init(_ file: String?, _ sources: SourceOptions, refreshes: Bool, startedAt: Timestamp) throws {
        self.file = file
        let environment = Composition.environment
        func planning(_ environment: Environment, _ choice: SourceChoice = SourceChoice()) -> Planning {
            Composition.planning(startedAt: startedAt, environment: environment, needsLoad: false, choice: choice)
        }
        if let file {
            func places(_ environment: Environment) throws -> [DevicePlace] {
                let planned = try PipelineFiles(planning(environment, sources.choice)).plans(
                    file,
                    needsAllSources: false
                )
                try sources.check(against: planned.sourceNames)
                return try planned.plans.map {
                    DevicePlace(source: $0.source.name, path: try $0.inventoryPath, plan: $0, file: file)
                }
            }
            // The inventory can be read without the secrets, unless its name comes from one of them.
            let open = refreshes ? [] : try places(environment.withoutSecrets)
            let isKnown = open.contains { Inventory.exists(at: $0.path) }
            all = isKnown ? open : try places(environment)
        } else if refreshes {
            try Self.requireAccount(environment)
            let account = AccountVariables(environment).sections(coverage: true)
            let plan = try planning(environment).onePlan(for: PipelineText(command: "show", sections: account))
            try Composition.check(plan)
            all = [DevicePlace(source: plan.source.name, path: try plan.inventoryPath, plan: plan, file: nil)]
        } else {
            let usual = PipelineText(command: "show", sections: Self.usual)
            let plan = try planning(environment.withoutSecrets).onePlan(for: usual)
            all = try HistoryPlace.inFolder(sources).map {
                DevicePlace(source: $0.source, path: $0.path, plan: plan, file: nil)
            }
        }
    }

    /// A pipeline that asks nothing: all columns, and the transforms that most pipelines have.
    private static var usual: [(name: String, value: ConfigNode)] {
        func list(_ names: [String]) -> ConfigNode {
            .list(names.map { .scalar($0, origin: "show") }, origin: "show")
        }
        return [
            ("source", .map([("platform", .scalar("sandbox", origin: "show"))], origin: "show")),
            ("extract", list(["devices", "assignments", "coverage", "activation_lock"])),
            ("transform", list(["imei", "meid", "eid", "mac", "storage", "applecare"])),
        ]
    }

    private static func requireAccount(_ environment: Environment) throws(Failure) {
        guard environment.variables["AXPORT_CLIENT_ID"] == nil else { return }
        throw Failure(
            .usage,
            "--refresh needs the account that may read the device",
            advice:
                "name the pipeline file with --from, or set AXPORT_CLIENT_ID, AXPORT_KEY_ID, and AXPORT_PRIVATE_KEY_FILE"
        )
    }

    /// Refuses to look where nothing was ever read.
    func requireAny() throws {
        guard known.isEmpty else { return }
        let place =
            try file.map { "the inventory of \($0) does not exist" }
            ?? "there is no inventory in \(Composition.environment.inventoryFolder())"
        throw Failure(
            .usage,
            place,
            advice: file.map { "run `axport run \($0.asShellWord)` once" }
                ?? "run a pipeline once, or name its file with --from"
        )
    }

    func search(_ text: String) -> Search {
        var search = Search()
        for place in known {
            do {
                switch try Inventory.search(text, at: place.path) {
                case .found(let serial): search.found.append((place, serial))
                case .unknown(let similar, let holders):
                    search.similar += similar
                    search.holders += holders
                }
            } catch {
                // A damaged inventory does not hide the others.
                let failure = Failure(of: error)
                Output.log(LogRecord(.error, failure))
                search.unreadable.append(failure.code)
            }
        }
        return search
    }

    /// - Parameter asked: whether Apple does not have it either.
    func unknown(_ text: String, _ search: Search, asked: Bool) -> Failure {
        let shown = text.controlsVisible
        let organizations = all.map(\.source).joined(separator: ", ")
        let places = all.count > 3 ? "\(all.count) organizations" : organizations
        let message = "no device '\(shown)' in \(asked ? "the inventory of \(places), nor at Apple" : places)"
        if let holder = search.holders.first {
            return Failure(
                .usage,
                message,
                advice: "'\(shown)' is another value of \(holder): `axport show \(holder.asShellWord)\(fromFile)`"
            )
        }
        if let near = nearestName(to: text.filter { !$0.isWhitespace }.uppercased(), in: search.similar) {
            return Failure(.usage, message, advice: didYouMean(near))
        }
        if asked { return Failure(.usage, message, advice: "look for the serial number on the device or on its box") }
        let refresh =
            file.map { _ in "`axport show \(shown.asShellWord) --refresh\(fromFile)` asks Apple" }
            ?? "--refresh with --from FILE asks Apple"
        return Failure(.usage, message, advice: "a device that came after the latest run is not known yet; \(refresh)")
    }

    private var fromFile: String { file.map { " --from \($0.asShellWord)" } ?? "" }
}

import Inventory
import Pipeline
import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The inventory of an organization: version, owner, lock, structure and space. Nothing is made or changed.
struct InventoryFindings {
    private let plan: Plan
    private let service: String

    private static let subject = "inventory"
    private static let timeForStructure = Duration.seconds(10)
    /// A first run of some ten thousand devices.
    private static let usualNeed: Int64 = 200_000_000
    private static let leastSpace: Int64 = 10_000_000

    /// - Parameter service: the folder of the inventories of axport@.service.
    init(_ plan: Plan, service: String = ServicePlaces.state) {
        self.plan = plan
        self.service = service
    }

    func all() async throws -> [Finding] {
        do {
            let path = try plan.inventoryPath
            if !Inventory.exists(at: path) { return ofService(besides: path) ?? Self.missing(path) }
            let state = try Inventory.examine(path, identity: plan.source.identity)
            return try await Self.present(path, state)
        } catch let failure as Failure {
            return [.fails(Self.subject, failure)]
        }
    }

    /// Without systemd's variables, a person sees another default folder than the service.
    private func ofService(besides path: String) -> [Finding]? {
        let other = "\(service)/\(plan.source.name).sqlite"
        guard path.hasSuffix("/\(plan.source.name).sqlite"), path != other, access(other, F_OK) == 0 else {
            return nil
        }
        return [
            .doubtful(
                Self.subject,
                "none yet at \(path), but axport@.service has one at \(other)",
                hint:
                    "examine that one: `STATE_DIRECTORY=\(service.asShellWord) axport doctor \(plan.file.asShellWord)`"
            )
        ]
    }

    private static func missing(_ path: String) -> [Finding] {
        let folder = existingFolder(above: path)
        guard access(folder, W_OK | X_OK) == 0 else {
            return [
                .fails(
                    subject,
                    Failure(
                        .destinationFailed,
                        "there is none yet at \(path), and this user may not write to \(folder)",
                        advice: "choose another path with `inventory:` in the pipeline file"
                    )
                )
            ]
        }
        return [.fact(subject, "none yet; the first run makes \(path) and reads everything")]
            + space(in: folder, for: 0)
    }

    private static func present(_ path: String, _ state: InventoryState) async throws -> [Finding] {
        var findings: [Finding] = []
        let size = FreeSpace.shown(state.size)
        if access(path, W_OK) == 0 {
            let version = state.isOfOlderVersion ? "; of an older axport, which the next run updates" : ""
            findings.append(.works(subject, "\(counted(state.devices, "device")), \(size), at \(path)\(version)"))
        } else {
            let failure = Failure(
                .destinationFailed,
                "this user may not write to \(path)",
                advice: "run axport as the user who owns it, or choose another path with `inventory:`"
            )
            findings.append(.fails(subject, failure))
        }
        if let holder = state.holder {
            findings.append(.fact("lock", "a run is under way: the inventory is in use by \(holder)"))
        }
        do {
            findings.append(
                try await Inventory.checkStructure(path, within: timeForStructure)
                    ? .works("integrity", "the structure of the inventory is sound")
                    : .notAsked(["integrity"], "to check \(size) takes longer than 10 s")
            )
        } catch let failure as Failure {
            findings.append(.fails("integrity", failure))
        }
        return findings + space(in: existingFolder(above: path), for: state.size)
    }

    /// - Parameter size: the present size, which a run may double for a while.
    private static func space(in folder: String, for size: Int64) -> [Finding] {
        guard let free = FreeSpace.bytes(in: folder) else { return [] }
        let said = "\(FreeSpace.shown(free)) free in \(folder)"
        if free < leastSpace {
            return [
                .fails("space", Failure(.destinationFailed, said, advice: "free some space before the next run"))
            ]
        }
        return [
            free < max(usualNeed, 2 * size)
                ? .doubtful("space", said, hint: "free some space: the inventory may need more") : .works("space", said)
        ]
    }

    private static func existingFolder(above path: String) -> String {
        var folder = FilePath.folder(of: FilePlace.absolute(path))
        while access(folder, F_OK) != 0, folder != "/" { folder = FilePath.folder(of: folder) }
        return folder
    }
}

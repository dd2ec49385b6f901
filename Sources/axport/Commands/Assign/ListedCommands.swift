import ArgumentParser
import Assign
import Pipeline
import Records
import Stages

/// A list of devices, and the file whose source and permissions count.
struct ListedDevices: ParsableArguments {
    @Option(
        help: ArgumentHelp("Pipeline file with `assign: { allow: … }`.", valueName: "FILE"),
        completion: .pipelineFile
    )
    var from: String

    @Option(
        help: ArgumentHelp(
            "Serial numbers: a CSV with the column serial_number, or one a line.",
            valueName: "LIST"
        ),
        completion: .file()
    )
    var serials: String

    @Option(name: .shortAndLong, help: "Write the plan to this file.", completion: .file())
    var output: String?

    @OptionGroup var source: AssignFile

    func plan(_ deed: ListedDeed, count: Int? = nil, reason: String? = nil) async throws {
        let now = Timestamp.now
        let text = try PipelineFiles.text(of: serials, else: .usage)
        let list: SerialList
        do {
            list = try SerialList(text, path: serials)
        } catch {
            throw Failure(.usage, error)
        }
        let job = try source.job(from, at: now)
        let planned = try await AssignRun.showing(job) { progress in
            try await job.planned(
                deed,
                list,
                count: count,
                reason: reason,
                at: now,
                progress: progress,
                connect: Composition.connect(.info)
            )
        }
        try PlanTable(planned: planned).show(writingTo: output)
    }
}

struct UnassignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unassign",
        abstract: "Plans to take devices off their device management services. Changes nothing.",
        discussion: """
            `axport assign apply` then sends the plan. The file must have `assign: { allow: [unassign] }`.

            Examples:
              axport unassign --from m.axport.yaml --serials s.csv
              axport unassign --from m.axport.yaml --serials s.csv -o plan.ndjson
            """
    )

    @OptionGroup var devices: ListedDevices

    func run() async throws { try await reporting { try await devices.plan(.unassign) } }
}

struct MigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migration",
        abstract: "Plans to change or to cancel migrations of devices. Changes nothing.",
        discussion: """
            `axport assign apply` then sends the plan. The file must have `assign: { allow: [migration] }`.

            Examples:
              axport migration update --from m.axport.yaml --serials s.csv --by 2027-01-20
              axport migration cancel --from m.axport.yaml --serials s.csv -o plan.ndjson
            """,
        subcommands: [UpdateMigration.self, CancelMigration.self]
    )
}

struct UpdateMigration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Plans a new deadline for migrations. An earlier one cannot be put off by users.",
        discussion: """
            Examples:
              axport migration update --from m.axport.yaml --serials s.csv --by 2027-01-20
              axport migration update --from m.axport.yaml --serials s.csv --by 2027-02-01
            """
    )

    @OptionGroup var devices: ListedDevices

    @Option(help: ArgumentHelp("The new deadline, such as 2027-01-20T17:00:00Z.", valueName: "TIME"))
    var by: String

    func run() async throws {
        try await reporting {
            guard let deadline = Timestamp(text: by) else {
                throw Failure(.usage, "--by needs a date and time such as 2027-01-20T17:00:00Z")
            }
            try await devices.plan(.updateMigration(by: deadline))
        }
    }
}

struct CancelMigration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Plans to cancel migrations that have not started.",
        discussion: """
            Examples:
              axport migration cancel --from m.axport.yaml --serials s.csv
              axport migration cancel --from m.axport.yaml --serials s.csv -o plan.ndjson
            """
    )

    @OptionGroup var devices: ListedDevices

    func run() async throws { try await reporting { try await devices.plan(.cancelMigration) } }
}

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Plans to release devices from the organization for good. Changes nothing.",
        discussion: """
            A released device cannot be assigned or unlocked by the organization any more. `axport assign apply` then \
            sends the plan. The file must have `assign: { allow: [release] }`. Apple Business Manager only.

            Examples:
              axport release --from m.axport.yaml --serials s.csv --count 1 --reason sold
              axport release --from m.axport.yaml --serials s.csv --count 1 --reason lost
            """
    )

    @OptionGroup var devices: ListedDevices

    @Option(help: ArgumentHelp("How many devices you expect the plan to send.", valueName: "N"))
    var count: Int

    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "TEXT"))
    var reason: String

    func run() async throws {
        try await reporting {
            if reason.allSatisfy(\.isWhitespace) { throw Failure(.usage, "--reason is empty") }
            try await devices.plan(.release, count: count, reason: reason)
        }
    }
}

import ArgumentParser
import Inventory
import Pipeline
import Records

/// The devices that an export is about.
struct ExportSelection: ParsableArguments {
    enum Removed: String, ExpressibleByArgument, CaseIterable { case include, only }

    @Option(
        name: .customLong("serials"),
        help: ArgumentHelp(
            "Only these devices: a CSV with a column of serial numbers, or one a line. Apple is asked about no others "
                + "if that takes fewer requests.",
            valueName: "LIST"
        ),
        completion: .file()
    )
    var file: String?

    @Option(help: "Devices that left the organization: include them, or export only them.")
    var removed: Removed?

    /// - Parameter dataset: what is exported.
    func rows(of dataset: Dataset) throws -> (rows: RowSelection, list: SerialList?) {
        var rows = RowSelection()
        rows.countsRejects = true
        if let removed {
            guard dataset == .devices || dataset == .coverage else {
                throw Failure(.usage, "--removed: the dataset \(dataset.rawValue) has no rows of devices that left")
            }
            rows.removed = removed == .only ? .only : .include
        }
        guard let file else { return (rows, nil) }
        guard dataset.schema.index(of: "serial_number") != nil else {
            throw Failure(.usage, "--serials: the dataset \(dataset.rawValue) has no serial numbers")
        }
        let list = try Self.list(file)
        rows.serials = list.serials
        return (rows, list)
    }

    private static func list(_ file: String) throws -> SerialList {
        let text = try PipelineFiles.text(of: file, else: .usage)
        if text.hasPrefix("PK\u{3}\u{4}") {
            throw Failure(
                .usage,
                "--serials: \(file) is a workbook or an archive, not a text",
                advice: "save its sheet as CSV, and name that file"
            )
        }
        if text.hasPrefix("\u{FFFD}\u{FFFD}") {
            throw Failure(.usage, "--serials: \(file) is not UTF-8", advice: "save it as CSV UTF-8, and name that file")
        }
        do {
            let list = try SerialList(text, path: file, forgives: true)
            if !list.serials.isEmpty { return list }
        } catch {
            throw Failure(.usage, error)
        }
        throw Failure(.usage, "--serials: \(file) has no serial number")
    }
}

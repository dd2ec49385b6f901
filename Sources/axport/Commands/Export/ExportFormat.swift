import ArgumentParser
import Records

/// What an export writes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
    case csv, ndjson, json, xlsx, sqlite

    /// Endings of names, without that of a compressed file.
    private var endings: [String] {
        switch self {
        case .csv: [".csv"]
        case .ndjson: [".ndjson", ".jsonl"]
        case .json: [".json"]
        case .xlsx: [".xlsx"]
        case .sqlite: [".sqlite", ".sqlite3", ".db"]
        }
    }

    private static let compressed = [".gz", ".zst"]
    /// Formats that axport does not write.
    private static let foreign = [".xls", ".ods", ".numbers", ".parquet", ".xml", ".html", ".pdf", ".yaml"]

    /// The format of a name and an option, either of which may be left out.
    init(_ asked: ExportFormat?, writing output: String, toTerminal isTerminal: Bool) throws(Failure) {
        let name = output.lowercased()
        let ending = Self.compressed.first(where: name.hasSuffix)
        let bare = ending.map { String(name.dropLast($0.count)) } ?? name
        let named = Self.allCases.first { $0.endings.contains(where: bare.hasSuffix) }
        if let foreign = Self.foreign.first(where: bare.hasSuffix) {
            throw Failure(
                .usage,
                "-o \(output): axport does not write \(foreign)",
                advice: "name the file .csv, .ndjson, .json, .xlsx, or .sqlite"
            )
        }
        if let asked, let named, asked != named {
            throw Failure(
                .usage,
                "-o \(output) is a name for \(named.rawValue), but --format is \(asked.rawValue)",
                advice: "leave --format out, or name the file such as devices\(asked.endings[0])"
            )
        }
        let format = asked ?? named ?? .csv
        if let ending, !format.isText {
            throw Failure(
                .usage,
                "-o \(output): \(format.rawValue) is not compressed with \(ending)",
                advice: "name the file such as devices\(format.endings[0])"
            )
        }
        if output == "-", format == .sqlite || (format == .xlsx && isTerminal) {
            throw Failure(
                .usage,
                "--format \(format.rawValue) needs a file",
                advice: "name one with `-o devices\(format.endings[0])`"
            )
        }
        self = format
    }

    private var isText: Bool { self != .xlsx && self != .sqlite }
}

import Records

/// A format of files, by the name of the load that writes it.
package enum FileFormat: String, CaseIterable, Sendable {
    case csv, ndjson, json, xlsx, sqlite

    /// Endings of names, without that of a compressed file.
    package var endings: [String] {
        switch self {
        case .csv: [".csv"]
        case .ndjson: [".ndjson", ".jsonl"]
        case .json: [".json"]
        case .xlsx: [".xlsx"]
        case .sqlite: [".sqlite", ".sqlite3", ".db"]
        }
    }

    /// Whether its files can be compressed.
    package var isText: Bool { self != .xlsx && self != .sqlite }

    package static let compressed = Compression.allCases.map(\.ending)
    /// Formats that axport does not write.
    package static let foreign = [".xls", ".ods", ".numbers", ".parquet", ".xml", ".html", ".pdf"]
    private static let packed = [".zip", ".bz2", ".xz", ".7z", ".lz4", ".br", ".lzma", ".rar", ".tar", ".tgz"]

    /// The format that a name promises, in small letters and without the ending of a compressed file.
    package init?(promisedBy name: String) {
        let format = Self.allCases.first { $0.endings.contains(where: name.hasSuffix) }
        guard let format else { return nil }
        self = format
    }

    /// A name in small letters, without the ending of a compressed file, and that ending.
    package static func split(_ name: String) -> (bare: String, compressed: String?) {
        let name = name.lowercased()
        guard let ending = compressed.first(where: name.hasSuffix) else { return (name, nil) }
        return (String(name.dropLast(ending.count)), ending)
    }

    /// Why no file of this format may have this name: it promises another one. Nil if it promises none.
    package func refusal(ofName name: String) -> Problem? {
        let (bare, compressed) = Self.split(name)
        let advice = "name the file such as devices\(endings[0])"
        if let compressed, !name.hasSuffix(compressed) {
            let capitals = name.suffix(compressed.count)
            return Problem("\(name): axport does not write \(capitals)", hint: "write \(compressed) in small letters")
        }
        if let packed = Self.packed.first(where: bare.hasSuffix) {
            let text = Self.compressed.map { "devices\(endings[0])\($0)" }.joined(separator: " or ")
            return Problem(
                "\(name): axport does not write \(packed)",
                hint: isText ? "\(advice), or \(text) to compress it" : advice
            )
        }
        if let foreign = Self.foreign.first(where: bare.hasSuffix) {
            return Problem("\(name): axport does not write \(foreign)", hint: advice)
        }
        guard let promised = FileFormat(promisedBy: bare), promised != self, !isUsual(promised) else { return nil }
        return Problem(
            "\(name) is a name for \(promised.rawValue), but this load writes \(rawValue)",
            hint: "use the load '\(promised.rawValue)', or \(advice)"
        )
    }

    /// Some programs want .json for one object per line.
    private func isUsual(_ promised: FileFormat) -> Bool { self == .ndjson && promised == .json }
}

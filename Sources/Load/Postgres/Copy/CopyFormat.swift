import Records

/// How rows travel in a COPY.
enum CopyFormat: Sendable {
    /// For every type.
    case text(CopyText)
    /// For columns of our own types: the server reads it in half the time.
    case binary(CopyBinary)

    var option: String { if case .binary = self { " (FORMAT binary)" } else { "" } }

    /// What the server expects before the first row.
    var preamble: [UInt8] { if case .binary = self { CopyBinary.preamble } else { [] } }

    /// The characters beyond ASCII in texts written as bytes.
    var characters: Set<Unicode.Scalar> { if case .text(let format) = self { format.characters } else { [] } }

    mutating func rows(_ batch: Batch) throws -> [UInt8] {
        switch self {
        case .binary(let format): return try format.rows(batch)
        case .text(var format):
            defer { self = .text(format) }
            return try format.rows(batch)
        }
    }
}

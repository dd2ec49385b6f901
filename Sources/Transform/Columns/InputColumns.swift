import Records
import Stages

extension Schema {
    /// Where a stage finds its columns. Every one that is missing or of another type is reported, at the stage's place.
    func require(
        _ needed: KeyValuePairs<String, ValueType>,
        for stage: String,
        at location: SourceLocation
    ) throws(PlanError) -> [Int] {
        var problems: [Diagnostic] = []
        var indexes: [Int] = []
        for (name, type) in needed {
            guard let index = index(of: name) else {
                problems.append(unknownColumn(name, at: location))
                continue
            }
            let found = fields[index].type
            if found != type, !(type == .text && found == .mac) {
                problems.append(
                    Diagnostic(
                        "\(stage) needs '\(name)' as \(type.rawValue), and it is \(found.rawValue)",
                        at: location
                    )
                )
            }
            indexes.append(index)
        }
        guard problems.isEmpty else { throw PlanError(problems) }
        return indexes
    }

    /// Puts a field in place of the one with its name, or at the end, and returns its position.
    mutating func place(_ field: Field) -> Int {
        if let index = index(of: field.name) {
            fields[index] = field
            return index
        }
        fields.append(field)
        return fields.count - 1
    }
}

extension Batch {
    /// Adds columns of nulls until there are this many columns.
    mutating func widen(to width: Int) {
        while columns.count < width { appendColumn() }
    }

    /// Keeps a copy of a text. Takes no other kind of sequence than an array, because this runs for every cell.
    mutating func copy(_ text: [UInt8]) -> Cell { text.withUnsafeBufferPointer { self.text($0) } }
}

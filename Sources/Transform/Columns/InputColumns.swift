import Records
import Stages

extension Schema {
    /// The positions of a stage's columns. Reports every column that is missing or has another type, at the stage's
    /// place.
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
            if found != type, extent == .whole, !(type == .text && found == .mac) {
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

    /// Replaces the field of the same name, or appends the field. Returns its position.
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

    /// Keeps a copy of a text. Accepts only arrays and no other sequence, because it runs for every cell.
    mutating func copy(_ text: [UInt8]) -> Cell { text.withUnsafeBufferPointer { self.text($0) } }
}
